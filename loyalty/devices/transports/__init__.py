"""Bytes to and from a port, or commands to the card in a reader. `open_transport` picks the kind by the port's name."""

from loyalty.devices.transports.opening import open_transport

__all__ = ["open_transport"]
