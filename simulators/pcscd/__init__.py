"""A stand-in for pcscd, for unmodified clients of libpcsclite."""
