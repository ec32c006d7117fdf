"""What is asked of every decoder: no error but the named ones, no memory without end, the same in any pieces."""

import random
from collections.abc import Iterable
from typing import Any

from loyalty.devices.wire.escpos import Printable
from tests.fuzz.subjects import Stream, Whole


def survives(subject: Whole | Stream, pieces: Iterable[bytes]) -> None:
    """AssertionError says which bytes it was."""
    if isinstance(subject, Whole):
        for piece in filter(None, pieces):
            _read(subject, piece)
    else:
        _hear(subject, pieces)


def _read(subject: Whole, data: bytes) -> None:
    try:
        subject.read(data)
    except Exception as error:
        if not _named(error):
            raise AssertionError(f"{subject.name} on {data.hex()}: {error!r}") from error


def _named(error: Exception) -> bool:
    """A refusal in words: ours, or a plain ValueError; never an IndexError, a UnicodeDecodeError and their like."""
    return type(error) is ValueError or type(error).__module__.startswith("loyalty.")


def _hear(subject: Stream, pieces: Iterable[bytes]) -> None:
    ear, whole = subject.fresh(), subject.fresh()
    dice = random.Random(subject.name)
    said: list[object] = []
    rest = bytearray()
    heard: list[object] = []
    for piece in pieces:
        rest += piece
        heard += _fed(subject, ear, piece)
        assert held(ear) <= subject.keeps, f"{subject.name} keeps {held(ear)} bytes after {piece.hex()}"
        if dice.random() < 0.05:
            said += _fed(subject, whole, bytes(rest))
            rest.clear()
            if isinstance(subject.fresh().feed(b""), list):
                assert _joined(said) == _joined(heard), f"{subject.name} hears something else in other pieces"
            said.clear()
            heard.clear()


def _joined(messages: list[object]) -> list[object]:
    """Text that is printed as it comes has no ends of its own; a place in the piece is another in another piece."""
    found: list[object] = []
    for each in (each[1] if isinstance(each, tuple) else each for each in messages):
        if isinstance(each, Printable) and found and isinstance(found[-1], Printable):
            found[-1] = Printable(found[-1].data + each.data)
        else:
            found.append(each)
    return found


def _fed(subject: Stream, ear: Any, piece: bytes) -> list[object]:
    try:
        found = ear.feed(piece)
    except Exception as error:
        raise AssertionError(f"{subject.name} on {piece.hex()}: {error!r}") from error
    return list(found) if isinstance(found, list) else []


def held(thing: object, depth: int = 3) -> int:
    """Bytes, characters and list places that an object keeps."""
    if isinstance(thing, bytes | bytearray | str):
        return len(thing)
    if isinstance(thing, list | tuple | set | dict):
        inside = thing.values() if isinstance(thing, dict) else thing
        return len(thing) + (sum(held(each, depth - 1) for each in inside) if depth else 0)
    return sum(held(each, depth - 1) for each in vars(thing).values()) if depth and hasattr(thing, "__dict__") else 0
