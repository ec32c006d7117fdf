"""ANA-U EasyPrinter S3.

    function              support
    erase                 the smallest rectangle that changes, or the whole face
    print                 1 bit, 960 x 560 dots, as columns; texts and boxes drawn by the unit on demand
    least wear            nothing, or one rectangle, when the caller knows what is on the card
    magnetic stripe       none
    chip                  number (UID) of a MIFARE card inside: the unit is a card reader as well
    wait for a card       until cancelled or out of time; the unit is not left waiting
    buffers               thrown away before the first job and after every other one (a start order without a card)
    display               four lines of 20 characters
    state                 eight bits; one of them says only that something is wrong

The language has no checks. What the unit says is asked twice before it is believed; what it is told cannot be checked,
so on a line that may damage bytes (a serial one) a wrong dot goes unnoticed.
"""

from loyalty.devices.drivers.easyprinter.printer import EasyPrinter
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile


def open_driver(transport: Transport, profile: Profile) -> EasyPrinter:
    """A unit that has answered, is of this profile's family and holds no picture. DeviceError otherwise."""
    printer = EasyPrinter(transport, profile)
    printer.start()
    return printer
