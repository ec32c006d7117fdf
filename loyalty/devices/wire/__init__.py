"""Command languages, one file each: messages <-> bytes, both directions. No I/O, no clock."""
