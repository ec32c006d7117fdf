"""Why a port stays shut, in words, and what to do about it."""

import errno
import socket

from loyalty.errors import LinkLost

_KNOWN = {
    errno.ENOENT: (
        "there is none of this name", "Plug the device in; `loyalty devices list` shows what is there.",
    ),
    errno.EACCES: (
        "this user may not use it",
        "Add the user to the group of serial ports (Debian: dialout), then log in again.",
    ),
    errno.EBUSY: ("another program uses it", "End the other program, such as a counter or a terminal."),
    errno.ECONNREFUSED: (
        "nothing listens there", "Check address and port, and that the device is switched on.",
    ),
    errno.EHOSTUNREACH: ("no way leads there", "Check the address, the network cable and the power of the device."),
}  # fmt: skip


def not_opened(port: str, error: Exception) -> LinkLost:
    """The error for whoever wanted to use the port."""
    reason, advice = _KNOWN.get(getattr(error, "errno", None) or 0, (str(error), None))
    if isinstance(error, socket.gaierror):
        reason, advice = "no machine has this name", "Check how the name is written, or take the address in numbers."
    elif isinstance(error, TimeoutError):
        reason, advice = "nothing answers there", "Check the address, the network cable and the power of the device."
    return LinkLost(f"The port {port} cannot be opened: {reason}.", advice=advice)
