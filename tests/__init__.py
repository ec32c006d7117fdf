"""Tests mirror the source; `journeys` are whole stories with faults, `wire/golden` bytes from manuals."""
