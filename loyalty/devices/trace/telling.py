"""Bytes of either side -> what they mean, for the families whose language is known here, and for third parties'.

A driver of its own package may offer `decoders(profile)`: two callables, for the host's and the device's bytes, each
taking bytes in any pieces and giving whole messages (dataclasses, whose names and fields are shown).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.registry import module_of
from loyalty.devices.trace.families import FAMILIES, OPEN, WHOLE, PrivateWords
from loyalty.errors import ConfigError

Feed = Callable[[bytes], Sequence[object]]
LONGEST_OPEN = 8
"""A text or bytes longer than this may be a name, a number or a picture."""
SHORTEST_UNKNOWN = 2
"""More bytes than this, of which nobody knows what they are, may be anything."""
_CARRIERS = re.compile(
    r"Track|Stripe|Text|Image|Barcode|Code$|Printable|Target|Exchanged|Uid|Plane|Column|Element|Reply|Response"
)
_BROKEN = re.compile(r"Bad|Broken|Malformed|Unknown|Unreadable")
"""What was not understood may have been anything."""
_NUMBER = re.compile(r"\d{6}")
_SHOWN = 40


@dataclass(frozen=True)
class Told:
    """meaning: what the bytes complete, in words. private: that may concern a person. ended: with their last message.

    Bytes behind the last message belong to one whose rest has not come: nobody knows yet whom they concern. broken:
    something was not understood, and what follows may be its rest. open: known to concern nobody, digits too.
    """

    meaning: str
    private: bool
    ended: bool = True
    broken: bool = False
    open: bool = False


class Teller:
    """Follows both sides of one conversation. in_pieces: bytes may come in any pieces, as on a serial line."""

    def __init__(
        self, host: Feed | None, device: Feed | None, is_open: Callable[[object], bool], in_pieces: bool = True
    ) -> None:  # fmt: skip
        self._feeds, self._is_open, self._in_pieces = {"host": host, "device": device}, is_open, in_pieces

    def tell(self, speaker: str, data: bytes) -> Told:
        feed = self._feeds[speaker]
        if feed is None:
            return Told(plain_text(data), len(data) > SHORTEST_UNKNOWN)
        try:
            messages, ended = self._heard(feed, data)
        except (ValueError, IndexError, KeyError) as error:
            return Told(f"unreadable: {error}", True, broken=True)
        if not messages:
            return Told("…" if data else "", False, ended)
        broken = any(_BROKEN.search(type(each).__name__) for each in messages)
        opened = [self._is_open(message) for message in messages]
        private = broken or any(not known and carries(each) for known, each in zip(opened, messages, strict=True))
        words = "; ".join(in_words(message) for message in messages[:6]) + (" …" if len(messages) > 6 else "")
        return Told(words, private, ended, broken, open=any(opened) and not private)

    def _heard(self, feed: Feed, data: bytes) -> tuple[list[object], bool]:
        """The messages, and whether the last byte ended one: it is fed alone to see that."""
        if not self._in_pieces:
            return list(feed(data)), True
        before, last = list(feed(data[:-1])), list(feed(data[-1:]))
        return before + last, bool(last) or not data


def teller_for(profile: Profile) -> Teller:
    """For what this profile's driver speaks; text only where nobody knows the language."""
    known = FAMILIES.get(profile.driver)
    if known is None:
        try:
            known = getattr(module_of(profile), "decoders", None)
        except ConfigError:
            known = None  # the driver is not installed here; its bytes can still be looked at
    host, device = known(profile) if known else (None, None)
    return Teller(host, device, OPEN.get(profile.driver, lambda message: False), profile.driver not in WHOLE)


def in_words(message: object) -> str:
    """A message's name and what it holds."""
    if isinstance(message, Enum):
        return message.name
    if isinstance(message, PrivateWords):
        return message.words
    if not is_dataclass(message):
        return str(message)
    told = [f"{field.name}={_value(getattr(message, field.name))}" for field in fields(message)]
    return " ".join([type(message).__name__, *told])


def carries(message: object) -> bool:
    """May it concern a person? By its name, or by what it holds being long or a number."""
    if isinstance(message, PrivateWords):
        return True
    if isinstance(message, Enum) or not is_dataclass(message):
        return bool(_NUMBER.search(str(message))) or len(str(message)) > _SHOWN
    values = _texts_in([getattr(message, field.name) for field in fields(message)])
    by_name = bool(_CARRIERS.search(type(message).__name__)) and any(values)
    return by_name or any(len(text) > LONGEST_OPEN or _NUMBER.search(text) for text in values)


def plain_text(data: bytes) -> str:
    """Readable characters where all are, else nothing."""
    text = data.decode("ascii", "replace")
    return repr(text) if text.strip() and all(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in data) else ""


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        text = plain_text(value) or value.hex(" ")
        return text if len(text) <= _SHOWN else f"{text[:28]}… ({len(value)} bytes)"
    if isinstance(value, Enum):
        return str(value.name)
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:28]}…"


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, bytes):
        return [value.decode("latin-1")]
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _texts_in(list(value.values()))
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts_in(each)]
    if is_dataclass(value) and not isinstance(value, type):
        return _texts_in([getattr(value, field.name) for field in fields(value)])
    return []
