"""Simulated chip cards as they behave whatever reader they lie on: their memory, rights, keys and transactions."""
