"""Sanwa Newtec card units: the CRP-1231 family, and the older CR-1231R, which has one track and no printer.

    function              support
    erase                 whole face (no area is known)
    print                 1 bit, 504 x 336 dots: each 24 x 24 dots are handed over as a character of our own
    least wear            nothing, or printing without erasing, when the caller knows what is on the card
    magnetic stripe       read, write (three tracks of 69 characters, 7 bits); the driver reads back what was written
    wait for a card       until cancelled or out of time; the unit is never left waiting
    shutter               opened for a card and closed behind it (BR)
    buffers               every print command forgets the text before it
    dispenser, clock, lamp, cleaning, the unit's own pictures and bar codes    not used
"""

from loyalty.devices.drivers.sanwa.printer import SanwaCardPrinter
from loyalty.devices.drivers.sanwa.stripe_unit import SanwaStripeUnit
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile


def open_driver(transport: Transport, profile: Profile) -> SanwaCardPrinter | SanwaStripeUnit:
    """A unit that has answered and is of this profile's family. DeviceError otherwise."""
    kind = SanwaCardPrinter if profile["dialect"] == "enquiry" else SanwaStripeUnit
    unit = kind(transport, profile)
    unit.start()
    return unit
