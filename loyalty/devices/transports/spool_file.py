"""A file or device node that takes a print stream and gives nothing back: spool:///dev/usb/lp0, spool:///var/spool/x.prn.

A printer on a USB port without a serial driver, or a file that a raw print queue picks up. Nothing can be asked: a
driver that must know how its unit is cannot be used here.
"""

import contextlib
import errno
import os
import select
import stat
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loyalty.errors import LinkLost

WRITE_S = 10.0
"""A device that takes no byte for so long is off, out of paper, or gone."""


class SpoolFile:
    """loyalty.devices.interfaces.Transport, one way. A file that is not there yet is made; its folder has to exist.

    What is written to a file is appended and on the disk when write() returns. A queue takes a file by moving it away:
    that is LinkLost at the next question or job, and the next opening makes a new one.
    """

    one_way = True

    def __init__(self, url: str, write_s: float = WRITE_S) -> None:
        self.url, self._write_s = url, write_s
        self._path = _path_of(url)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(self._path, flags | getattr(os, "O_NOCTTY", 0), 0o640)
        except OSError as error:
            why = "nobody reads at its other end" if error.errno == errno.ENXIO else error.strerror
            raise LinkLost(f"The spool {url} cannot be opened: {why}.") from error
        self._plain = stat.S_ISREG(os.fstat(self._file).st_mode)

    def write(self, data: bytes) -> None:
        self._still_there()
        rest, deadline = memoryview(data), time.monotonic() + self._write_s
        try:
            while rest:
                written = self._some(rest)
                if written:
                    rest, deadline = rest[written:], time.monotonic() + self._write_s
                elif time.monotonic() >= deadline:
                    raise LinkLost(
                        f"The spool {self.url} has taken no byte for {self._write_s:g} s.",
                        advice="Look at the printer: switched on, paper in, cover closed?",
                    )
            if self._plain:
                os.fsync(self._file)
        except OSError as error:
            raise LinkLost(f"The spool {self.url} broke while writing: {error.strerror}.") from error

    def read(self, timeout_s: float) -> bytes:
        """Nothing, ever; LinkLost when the file or the device is gone."""
        self._still_there()
        time.sleep(max(timeout_s, 0.0))
        return b""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # gone already is what was asked for
            os.close(self._file)

    def _some(self, data: memoryview) -> int:
        try:
            return os.write(self._file, data)
        except BlockingIOError:
            select.select([], [self._file], [], min(0.2, self._write_s))
            return 0

    def _still_there(self) -> None:
        """Does the name still lead to what was opened?"""
        try:
            there, ours = os.stat(self._path), os.fstat(self._file)
        except OSError as error:
            raise LinkLost(f"The spool {self.url} is gone: {error.strerror}.") from error
        if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise LinkLost(f"The spool {self.url} was taken away and another one put in its place.")


def spools(folder: Path = Path("/dev/usb")) -> list[str]:
    """Port names of the printers that the system offers as a device node."""
    with contextlib.suppress(OSError):
        return sorted(f"spool://{path}" for path in folder.iterdir() if path.name.startswith("lp"))
    return []


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc or not path.is_absolute():
        raise LinkLost(
            f"The port {url} names no file: write spool:// and the whole path, such as spool:///dev/usb/lp0."
        )
    return path
