"""Bytes that are nearly right: golden vectors with turned bits, lost and doubled pieces; and plain noise."""

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "wire" / "golden"
_HEX = re.compile(r"(?:[0-9a-fA-F]{2} ?){2,}")
_EXTREMES = (0x00, 0x01, 0x02, 0x03, 0x10, 0x1B, 0x1C, 0x1D, 0x1E, 0x20, 0x30, 0x7F, 0x80, 0xFE, 0xFF)
_OF_ROOM = {
    "apdu": ("apdu", "secure_cards", "ev1_messaging"), "sanwa": ("sanwa", "sanwa_live"), "hid_pos": ("scanners",),
    "evdev": ("scanners",), "serial_scanner": ("scanners",), "idtech": ("scanners",), "magtek": ("scanners",),
}  # fmt: skip


@cache
def vectors(room: str) -> tuple[bytes, ...]:
    """Every message of the golden files of a room; of all files where it has none of its own."""
    stems = _OF_ROOM.get(room, (room,))
    files = [path for path in sorted(GOLDEN.glob("*.json")) if path.stem in stems] or sorted(GOLDEN.glob("*.json"))
    found = [bytes.fromhex(text) if _HEX.fullmatch(text) else text.encode() for path in files
             for text in _texts(json.loads(path.read_text("utf-8")))]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node.lstrip("<>")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _texts(child)


def pieces(room: str, seed: str, size: int, more: tuple[bytes, ...] = ()) -> Iterator[bytes]:
    """At least `size` bytes in pieces of up to a few hundred; the same for the same seed."""
    dice, sound, made = random.Random(seed), (*vectors(room), *more), 0
    while made < size:
        piece = _mutated(dice, sound) if dice.random() < 0.8 else dice.randbytes(dice.randrange(1, 90))
        made += len(piece)
        yield piece


def _mutated(dice: random.Random, sound: tuple[bytes, ...]) -> bytes:
    data = bytearray(dice.choice(sound)[:400])
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << dice.randrange(8)
            case 1 if at < len(data):
                data[at] = dice.choice(_EXTREMES)
            case 2:
                del data[at : at + dice.randrange(1, 5)]
            case 3:
                data[at:at] = data[at : at + dice.randrange(1, 9)]
            case 4:
                data[at:] = dice.choice(sound)[:200]
            case _:
                data[at:at] = dice.randbytes(dice.randrange(1, 9))
    return bytes(data) or b"\0"
