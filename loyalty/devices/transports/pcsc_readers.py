"""The readers that the smart-card service knows: their names, and how they take commands for themselves."""

import sys
from typing import Any

from smartcard import scard

from loyalty.devices.transports import pcsc_results as results
from loyalty.errors import ConfigError

SCHEME = "pcsc:"
_FEATURES, _ESCAPE_FEATURE = scard.SCARD_CTL_CODE(3400), 0x13  # PC/SC part 10 section 2.2
_ESCAPE = scard.SCARD_CTL_CODE(3500 if sys.platform == "win32" else 1)


def reader_names() -> list[str]:
    """The readers connected now; LinkLost when the service does not run."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != results.OK:
        raise results.error_of(result & 0xFFFFFFFF, "this computer's readers")
    try:
        return readers(context)
    finally:
        scard.SCardReleaseContext(context)


def readers(context: Any) -> list[str]:
    """The names, in the service's order; LinkLost when the service is gone."""
    result, names = scard.SCardListReaders(context, [])
    if result & 0xFFFFFFFF in (results.OK, results.NO_READERS):
        return list(names)
    raise results.error_of(result & 0xFFFFFFFF, "this computer's readers")


def reader_meant(wanted: str, names: list[str]) -> str:
    """The reader called `wanted`, else the only one whose name holds it; empty when there is none."""
    if wanted in names:
        return wanted
    found = [name for name in names if wanted.lower() in name.lower()]
    if len(found) > 1:
        raise ConfigError(f"The port {SCHEME}{wanted} may mean {' or '.join(found)}; write more of the name.")
    return found[0] if found else ""


def escape_code(handle: Any) -> int:
    """Under which number this reader's driver takes commands for the reader itself."""
    result, features = scard.SCardControl(handle, _FEATURES, [])
    at = 0
    while result == results.OK and at + 6 <= len(features):
        if features[at] == _ESCAPE_FEATURE and features[at + 1] == 4:
            return int.from_bytes(bytes(features[at + 2 : at + 6]), "big")
        at += 2 + features[at + 1]
    return int(_ESCAPE)
