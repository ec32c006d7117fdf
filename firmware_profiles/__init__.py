"""Firmware profiles as data; read by loyalty.devices.profiles."""
