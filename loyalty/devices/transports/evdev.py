"""A keyboard scanner read past the keyboard: evdev:<name below /dev/input/by-id>, Linux only.

The device is grabbed, so that what it types reaches nobody else and no screen. Only a device with a name of its own is
taken: numbers such as event3 pass to another device when something is plugged in, and would one day take a person's own
keyboard away. Grabbing itself can be tried on hardware only; hid_socket takes its place elsewhere.
"""

import contextlib
import errno
import fcntl
import os
import select
from pathlib import Path

from loyalty.errors import ConfigError, InUse, LinkLost

FOLDER = Path("/dev/input/by-id")
_GRAB = 0x40044590
"""EVIOCGRAB = _IOW('E', 0x90, int), linux/input.h."""
_MOST = 64 * 24


class EvdevDevice:
    """loyalty.devices.interfaces.Transport. read() gives input_event structures as the kernel wrote them."""

    def __init__(self, url: str, folder: Path = FOLDER) -> None:
        self.url = url
        path = _named(url, folder)
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            sentence = f"The input device {url} cannot be opened: {error.strerror}."
            advice = "Plug the scanner in; this program's user has to be in the group `input`."
            raise LinkLost(sentence, advice=advice) from error
        try:
            fcntl.ioctl(self._file, _GRAB, 1)
        except OSError as error:
            os.close(self._file)
            if isinstance(error, BlockingIOError) or error.errno == errno.EBUSY:
                raise InUse(f"The input device {url} is held by another program.") from error
            raise LinkLost(f"{url} is no input device: {error.strerror}.") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._file], [], [], max(timeout_s, 0.0))
            data = os.read(self._file, _MOST) if ready else b""
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise LinkLost(f"The input device {self.url} was unplugged.") from error
        if ready and not data:
            raise LinkLost(f"The input device {self.url} was unplugged.")
        return data

    def write(self, data: bytes) -> None:
        """A keyboard scanner hears nothing."""
        raise LinkLost(f"Nothing can be sent to the keyboard {self.url}.")

    def close(self) -> None:
        with contextlib.suppress(OSError):  # gone already is what was asked for
            os.close(self._file)


def devices(folder: Path = FOLDER) -> list[str]:
    """Port names of what types on this machine, a person's own keyboard too."""
    with contextlib.suppress(OSError):
        return sorted(f"evdev:{path.name}" for path in folder.iterdir() if path.name.endswith("-event-kbd"))
    return []


def _named(url: str, folder: Path) -> Path:
    name = url.removeprefix("evdev:").removeprefix(f"{folder}/")
    if not name or "/" in name or name.startswith(("event", ".")):
        raise ConfigError(
            f"{url} does not name one device for good; write evdev: and a name from {folder}, such as "
            "evdev:usb-Maker_Scanner_0001-event-kbd (`loyalty devices list` shows them)."
        )
    return folder / name
