"""Star TCP300 family of visual card units.

    function              support
    erase                 whole face (the units have no other)
    print                 1 bit, 480 x 320 dots, as a raster; the units' own fonts and bar codes are not used
    magnetic stripe       read, write (7-bit JIS X 6302, or the unit's preset format); the unit reads back what it wrote
    wait for a card       until cancelled or out of time; the unit is never left waiting on its own
    buffers               emptied before and after every job, so that nobody gets the last customer's face
    cleaning, counters    yes
    unit's settings       not touched (90h, 91h and 5Bh wear its EEPROM)
"""

from loyalty.devices.drivers.star_tcp.printer import StarVisualCardPrinter
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile


def open_driver(transport: Transport, profile: Profile) -> StarVisualCardPrinter:
    """A unit that has answered, is of this profile's family and holds no picture. DeviceError otherwise."""
    printer = StarVisualCardPrinter(transport, profile)
    printer.start()
    return printer
