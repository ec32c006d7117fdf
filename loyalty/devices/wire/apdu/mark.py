"""A mark on a card: a number that only goes up, with a MAC. Who keeps the last number sees a copy of the card.

A copy shows the number that the card had when it was copied; as soon as card or copy is used, the other stays behind.
What the mark proves depends on who could write it, see Strength and docs/devices/secure-cards.md. Chosen by us.
"""

import hmac
from dataclasses import dataclass
from enum import Enum

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed

SIZE = 16
HIGHEST = 0xFFFFFFFF
_FORM = b"\x01"


class Strength(Enum):
    """STRONG: the chip keeps its key to itself, a copy is impossible by all that is known.

    WEAK: the whole card can be copied; the copy is found out when one of both was used, not before.
    """

    STRONG = "strong"
    WEAK = "weak"


class Verdict(Enum):
    """What a card's number says against the one kept. Only BEHIND and MISSING are reason for suspicion."""

    NEW = "new"
    """Nothing is kept of this card yet."""
    CURRENT = "current"
    AHEAD = "ahead"
    """Used elsewhere since, or the last writing was not confirmed."""
    BEHIND = "behind"
    """A copy, or an old state brought back; for a number that moves by itself also a repeated answer."""
    MISSING = "missing"
    """It should have a mark and has none that is ours."""


@dataclass(frozen=True)
class Mark:
    """sequence: 0 to HIGHEST. moves_itself: the chip counts each reading, nobody writes."""

    sequence: int
    strength: Strength
    moves_itself: bool = False


def judge(mark: Mark | None, last: int | None) -> Verdict:
    """mark: what the card shows, None when it shows none that is ours. last: the number kept, None for none."""
    if last is None:
        return Verdict.NEW
    if mark is None:
        return Verdict.MISSING
    if mark.sequence == last:
        return Verdict.BEHIND if mark.moves_itself else Verdict.CURRENT
    return Verdict.AHEAD if mark.sequence > last else Verdict.BEHIND


def sealed(key: bytes, uid: bytes, sequence: int) -> bytes:
    """The SIZE bytes on the card. key: 16 bytes, best this card's own (an10922). uid: the real one."""
    if not 0 <= sequence <= HIGHEST:
        raise ValueError(f"a mark counts from 0 to {HIGHEST}, not {sequence}")
    number = sequence.to_bytes(4, "big")
    return _FORM + bytes(3) + number + aes.odd_bytes(aes.cmac(key, _FORM + uid + number))


def opened(key: bytes, uid: bytes, raw: bytes) -> int:
    """The sequence number; Malformed for what is no mark, or not one made with this key for this card."""
    if len(raw) != SIZE or raw[:1] != _FORM:
        raise Malformed("there is no mark")
    sequence = int.from_bytes(raw[4:8], "big")
    if not hmac.compare_digest(sealed(key, uid, sequence), raw):
        raise Malformed("the mark was not made with this key, or for another card")
    return sequence
