"""Which profile may fit a port, by what the system calls it."""

import pytest

from loyalty.devices.capabilities import likely_profiles
from loyalty.devices.profiles import all_profiles


@pytest.mark.parametrize(
    ("description", "likely"),
    [
        ("card reader (PC/SC) pcsc:ACS ACR122U PICC Interface 00 00", ["acr122u"]),
        ("card reader (PC/SC) pcsc:ACS ACR1252 Reader 00 00", ["acr1252u"]),
        ("Evolis Zenius 2 /dev/ttyACM0", ["evolis-zenius2"]),
        ("USB-Serial Controller /dev/ttyUSB0", []),
    ],
)
def test_the_description_of_a_port_hints_at_profiles(description: str, likely: list[str]) -> None:
    assert likely_profiles(description, list(all_profiles())) == likely
