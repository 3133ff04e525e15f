"""Verdicts on a deployment's days: issued, read, replayed under another policy, and what was accepted of them."""
