"""Driver for readers behind the system's smart-card service (PC/SC); the registry finds open_driver() here."""

from loyalty.devices.drivers.pcsc.reader import PcscReader
from loyalty.devices.interfaces import CardLink
from loyalty.devices.profiles import Profile

__all__ = ["PcscReader", "open_driver"]


def open_driver(link: CardLink, profile: Profile) -> PcscReader:
    """For loyalty.devices.registry."""
    return PcscReader(link, profile)
