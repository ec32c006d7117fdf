"""Which serial ports, HID devices and card readers this machine has, for a technician who looks for a device."""

from importlib import import_module

from serial.tools import list_ports as serial_ports

from loyalty.devices.transports.spool_file import spools
from loyalty.errors import DeviceError


def list_ports() -> list[tuple[str, str]]:
    """Name and description of each port, by name, readers last. Ports that are not there as hardware are left out."""
    found = [(port.device, port.description) for port in serial_ports.comports() if port.hwid != "n/a"]
    named = sorted((name, "" if what == "n/a" else what) for name, what in found)
    printers = [(name, "printer that only takes (spool file)") for name in spools()]
    return named + printers + _hid_devices() + _keyboards() + _card_readers()


def _card_readers() -> list[tuple[str, str]]:
    """Those of the smart-card service; none where the service or the extra [pcsc] is missing."""
    try:
        names = import_module("loyalty.devices.transports.pcsc_readers").reader_names()
    except (ImportError, DeviceError):
        return []
    return [(f"pcsc:{name}", "card reader (PC/SC)") for name in names]


def _hid_devices() -> list[tuple[str, str]]:
    """Whatever speaks HID, keyboards and mice too; none where the extra [hid] is missing."""
    try:
        found = import_module("loyalty.devices.transports.hid").devices()
    except ImportError:
        return []
    return [(name, f"{what.strip() or 'device'} (HID)") for name, what in found]


def _keyboards() -> list[tuple[str, str]]:
    """What types, for a scanner that does; on Linux only."""
    try:
        found = import_module("loyalty.devices.transports.evdev").devices()
    except ImportError:
        return []
    return [(name, "keyboard, or a scanner that types (evdev)") for name in found]
