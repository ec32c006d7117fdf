"""Driver for readers with an NXP PN532; the registry finds open_driver() here."""

from loyalty.devices.drivers.pn532.reader import Pn532Reader
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile

__all__ = ["Pn532Reader", "open_driver"]


def open_driver(transport: Transport, profile: Profile) -> Pn532Reader:
    """For loyalty.devices.registry."""
    return Pn532Reader(transport, profile)
