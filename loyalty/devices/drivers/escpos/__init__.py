"""Receipt printers that speak ESC/POS, and the cash drawer behind them.

| function | support | remarks |
|---|---|---|
| text | the profile's code page | `can_encode` tells; anything else comes as a picture |
| pictures | GS v 0 in strips | no real-time command can hide among the dots |
| QR, Code 128 | the printer's own | read by any scanner |
| cut, drawer | yes | pins 2 and 5 |
| status | before, during and after a job | DLE EOT, ASB, GS r; never asked inside a picture |
| end of job | GS r | `print` returns when the printer has processed every byte |
| a line that goes one way (spool file) | yes | status unknown; `print` returns when every byte was handed over |
"""

from loyalty.devices.drivers.escpos.printer import EscPosPrinter
from loyalty.devices.drivers.escpos.spooled import SpooledReceiptPrinter
from loyalty.devices.interfaces import Transport, one_way
from loyalty.devices.profiles import Profile
from loyalty.errors import ConfigError

__all__ = ["EscPosPrinter", "SpooledReceiptPrinter", "open_driver"]


def open_driver(transport: Transport, profile: Profile) -> EscPosPrinter | SpooledReceiptPrinter:
    """The driver for a receipt printer at the other end of `transport`; ConfigError when it reads another language."""
    if profile["language"] != "escpos":
        raise ConfigError(
            f"The profile {profile.name} says that the printer reads {profile['language']!r}, which this driver does "
            "not write; switch the printer to ESC/POS (its manual calls it emulation) and set `language`."
        )
    return SpooledReceiptPrinter(transport, profile) if one_way(transport) else EscPosPrinter(transport, profile)
