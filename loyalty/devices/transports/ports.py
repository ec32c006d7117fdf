"""Which serial ports this machine has, for a technician who looks for a device."""

from serial.tools import list_ports as serial_ports


def list_ports() -> list[tuple[str, str]]:
    """Name and description of each port, by name. Ports that are not there as hardware are left out."""
    found = [(port.device, port.description) for port in serial_ports.comports() if port.hwid != "n/a"]
    return sorted((name, "" if what == "n/a" else what) for name, what in found)
