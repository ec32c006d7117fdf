"""Measurements against floors taken in the same run: what the product costs beyond the bare work."""
