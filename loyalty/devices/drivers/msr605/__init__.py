"""Driver for the MSR605 family of stripe readers and writers; the registry finds open_driver() here."""

from loyalty.devices.drivers.msr605.unit import Msr605
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile

__all__ = ["Msr605", "open_driver"]


def open_driver(transport: Transport, profile: Profile) -> Msr605:
    """For loyalty.devices.registry."""
    return Msr605(transport, profile)
