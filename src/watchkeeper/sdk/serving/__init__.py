"""Deployments: models that answer at an address. A file for each thing that is done with one."""
