"""Giving models an address: deployments, releases, routing, and the record of every call."""
