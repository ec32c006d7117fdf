"""Receipt printers that speak ESC/POS, and the cash drawer behind them.

| function | support | remarks |
|---|---|---|
| text | the profile's code page | `can_encode` tells; anything else comes as a picture |
| pictures | GS v 0 in strips | no real-time command can hide among the dots |
| QR, Code 128 | the printer's own | read by any scanner |
| cut, drawer | yes | pins 2 and 5 |
| status | before, during and after a job | DLE EOT, ASB, GS r; never asked inside a picture |
| end of job | GS r | `print` returns when the printer has processed every byte |
"""

from loyalty.devices.drivers.escpos.printer import EscPosPrinter
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.errors import ConfigError

__all__ = ["EscPosPrinter", "open_driver"]


def open_driver(transport: Transport, profile: Profile) -> EscPosPrinter:
    """The driver for a receipt printer at the other end of `transport`; ConfigError when it reads another language."""
    if profile["language"] != "escpos":
        raise ConfigError(
            f"The profile {profile.name} says that the printer reads {profile['language']!r}, which this driver does "
            "not write; switch the printer to ESC/POS (its manual calls it emulation) and set `language`."
        )
    return EscPosPrinter(transport, profile)
