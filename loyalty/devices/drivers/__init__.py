"""Drivers, one file per device family: verbs in, wire messages out."""
