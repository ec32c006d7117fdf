"""The use cases of a counter: one file each, one transaction each."""
