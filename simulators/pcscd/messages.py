"""What libpcsclite and its service say to each other on their socket: protocol 4:4 and 4:5, little-endian structures.

Source: pcsc-lite 1.9.9 and 2.3.3, src/winscard_msg.h and src/eventhandler.h (the structures are the same in both). A
message is its length, its number, its structure; an answer is the structure alone, its result in it. Newer clients
(2.4.1 on) fall back to 4:4 when the service offers no more.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

HEADER = Struct("<II")
MAX_READERS, NAME_SIZE, ATR_SIZE = 16, 128, 33


class Say(IntEnum):
    ESTABLISH_CONTEXT, RELEASE_CONTEXT = 0x01, 0x02
    CONNECT, RECONNECT, DISCONNECT = 0x04, 0x05, 0x06
    BEGIN_TRANSACTION, END_TRANSACTION = 0x07, 0x08
    TRANSMIT, CONTROL, STATUS = 0x09, 0x0A, 0x0B
    CANCEL, GET_ATTRIBUTE = 0x0D, 0x0F
    VERSION, READERS_STATE, WAIT_CHANGE, STOP_WAITING, READER_EVENTS = 0x11, 0x12, 0x13, 0x14, 0x15


CONTEXT = Struct("<II")
"""hContext or a change's time-out, result."""
ESTABLISH = Struct("<III")
CONNECT = Struct(f"<I{NAME_SIZE}sIIiII")
RECONNECT = Struct("<iIIIII")
HANDLE_AND = Struct("<iII")
"""hCard, disposition, result."""
HANDLE = Struct("<iI")
TRANSMIT = Struct("<iIIIIIII")
CONTROL = Struct("<iIIIII")
ATTRIBUTE = Struct("<iI264sII")
VERSION = Struct("<iiI")
READER = Struct(f"<{NAME_SIZE}sIIi{ATR_SIZE}s3xII")


class Result(IntEnum):
    OK = 0
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    SHARING_VIOLATION = 0x8010000B
    NO_CARD = 0x8010000C
    PROTOCOL_MISMATCH = 0x8010000F
    NOT_TRANSACTED = 0x80100016
    READER_GONE = 0x80100017
    SERVICE_STOPPED = 0x8010001E
    UNSUPPORTED = 0x8010001F
    UNRESPONSIVE_CARD = 0x80100066
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


class Card(IntEnum):
    """Bits of a reader's state."""

    ABSENT, PRESENT, SWALLOWED, POWERED, NEGOTIABLE, SPECIFIC = 0x02, 0x04, 0x08, 0x10, 0x20, 0x40


SHARE_EXCLUSIVE, SHARE_SHARED, SHARE_DIRECT = 1, 2, 3
LEAVE_CARD, RESET, UNPOWER = 0, 1, 2
PROTOCOL_T0, PROTOCOL_T1, PROTOCOL_RAW = 1, 2, 4
CONTROL_FEATURES, CONTROL_ESCAPE = 0x42000000 + 3400, 0x42000000 + 1
FEATURE_ESCAPE = 0x13
ATTRIBUTE_ATR, ATTRIBUTE_VENDOR, ATTRIBUTE_NAME = 0x00090303, 0x00010100, 0x7FFF0003


@dataclass(frozen=True)
class ReaderState:
    """sharing: how many have it open, -1 one for itself. events: insertions and removals so far."""

    name: str
    events: int
    state: int
    sharing: int
    atr: bytes
    protocol: int

    def encoded(self) -> bytes:
        name = self.name.encode()[: NAME_SIZE - 1]
        return READER.pack(name, self.events, self.state, self.sharing, self.atr, len(self.atr), self.protocol)


def reader_states(readers: list[ReaderState]) -> bytes:
    """Always all sixteen places, the empty ones zero."""
    return b"".join(reader.encoded() for reader in readers) + bytes(READER.size * (MAX_READERS - len(readers)))
