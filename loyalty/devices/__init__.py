"""Drivers for card printers, readers, scanners and receipt printers. Usable alone; knows nothing of members."""
