"""Virtual PointCardRW: every verb that the role of a card printer can have, for trying the interface.

    function              support
    insertion, removal    in pairs (begin, end) as UnifiedPOS has them, or in one verb with a limit and a cancel
    tracks                1 to 6, each with its own result; written tracks are read back
    erase                 any number of rectangles, or the whole face, with a set energy
    print                 1 bit, 640 x 400 dots, as a raster; texts of the unit, turned and styled
    one operation         stripe and face together; which half comes first is a setting; how far it got is reported,
                          also to the next session
    buffers               named while they hold something; emptied before and after every job
    media                 cycles and ghosts of the card inside
    cleaning, statistics, display, validation of texts    yes

No product speaks this language.
"""

from loyalty.devices.drivers.virtual_pointcard.printer import VirtualPointCardRW
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile


def open_driver(transport: Transport, profile: Profile) -> VirtualPointCardRW:
    """A unit that has answered. DeviceError otherwise."""
    printer = VirtualPointCardRW(transport, profile)
    printer.start()
    return printer
