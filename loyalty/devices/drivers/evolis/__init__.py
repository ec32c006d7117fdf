"""Evolis card printers.

    function              rewritable (Primacy class)                        Dualys, 2003
    erase                 the dots of a mask, or the whole face             no
    print                 1 bit, 1016 x 648 dots                            1 bit, 1016 x 648 dots, black ribbon
    least wear            nothing, or only what changes, when the caller    -
                          knows what is on the card
    magnetic stripe       read, write (ISO 1 to 3); the printer reads back  the same
    wait for a card       until cancelled or out of time                    until the printer gives up
    state                 binary words: cover, jam, feeder, head, stripe    ACK or a NACK with one letter
    buffers               the printer forgets a picture with its job        the same
    printer's settings    not saved (trays and error management hold        the same
                          until it is switched off)
"""

from loyalty.devices.drivers.evolis.dualys import EvolisRibbonPrinter
from loyalty.devices.drivers.evolis.printer import EvolisRewritePrinter
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile


def open_driver(transport: Transport, profile: Profile) -> EvolisRewritePrinter | EvolisRibbonPrinter:
    """A printer that has answered and is of this profile's family. DeviceError otherwise."""
    kind = EvolisRewritePrinter if profile["dialect"] == "status" else EvolisRibbonPrinter
    printer = kind(transport, profile)
    printer.start()
    return printer
