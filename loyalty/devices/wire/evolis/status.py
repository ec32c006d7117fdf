"""The binary status block that follows a text: 32-bit words of flags, and who has reserved the printer.

    10 config information warning error 02 session [04 extension] up to four times; all big-endian

Observed with the vendor's library 9.4.1; the leading bytes are lengths. A word says by its own flag CFG_EXTENSION_n
that another follows.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from loyalty.devices.wire.evolis.flags import names_in, words_of

MAX_EXTENSIONS = 4
_EXTENSION = tuple(f"CFG_EXTENSION_{number}" for number in range(1, MAX_EXTENSIONS + 1))
_FOLLOWS = 0x80000000
"""CFG_EXTENSION_2 and the next ones within their extension word; CFG_EXTENSION_1 is a bit of config."""
_FIRST_FOLLOWS = 0x08000000


@dataclass(frozen=True)
class Status:
    config: int = 0
    information: int = 0
    warning: int = 0
    error: int = 0
    session: int = 0
    """The number under which a program reserved the printer; 0: free."""
    extensions: tuple[int, ...] = ()

    @cached_property
    def flags(self) -> frozenset[str]:
        return names_in((self.config, self.information, self.warning, self.error, *self.extensions))

    @classmethod
    def of(cls, flags: Iterable[str], session: int = 0, extensions: int = MAX_EXTENSIONS) -> "Status":
        """The words with these flags and as many extension words, whose own flags are set."""
        config, information, warning, error, *more = words_of((*flags, *_EXTENSION[:extensions]))
        return cls(config, information, warning, error, session, tuple(more[:extensions]))

    def data(self) -> bytes:
        """The block as it travels."""
        head = struct.pack(">B4IBH", 16, self.config, self.information, self.warning, self.error, 2, self.session)
        return head + b"".join(struct.pack(">BI", 4, word) for word in self.extensions)


HEAD_BYTES, EXTENSION_BYTES = 20, 5


def parse(data: bytes) -> tuple[Status, int] | None:
    """Status and the bytes that it took, or None while some are missing. ValueError when this is no status block."""
    for at, length in ((0, 16), (17, 2)):
        if len(data) > at and data[at] != length:
            raise ValueError(f"a status block has {length:02X}h at byte {at}, not {data[at]:02X}h")
    if len(data) < HEAD_BYTES:
        return None
    config, information, warning, error = struct.unpack_from(">4I", data, 1)
    (session,) = struct.unpack_from(">H", data, 18)
    extensions: list[int] = []
    follows, at = bool(config & _FIRST_FOLLOWS), HEAD_BYTES
    while follows and len(extensions) < MAX_EXTENSIONS:
        if len(data) > at and data[at] != 4:
            raise ValueError(f"an extension of a status block begins with 04h, not {data[at]:02X}h")
        if len(data) < at + EXTENSION_BYTES:
            return None
        (word,) = struct.unpack_from(">I", data, at + 1)
        extensions.append(word)
        at += EXTENSION_BYTES
        follows = bool(word & _FOLLOWS)
    return Status(config, information, warning, error, session, tuple(extensions)), at
