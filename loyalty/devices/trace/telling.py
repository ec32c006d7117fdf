"""Bytes of either side -> what they mean, for the families whose language is known here, and for third parties'.

A driver of its own package may offer `decoders(profile)`: two callables, for the host's and the device's bytes, each
taking bytes in any pieces and giving whole messages (dataclasses, whose names and fields are shown).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.registry import module_of
from loyalty.devices.trace.families import FAMILIES, OPEN, PrivateWords
from loyalty.errors import ConfigError

Feed = Callable[[bytes], Sequence[object]]
LONGEST_OPEN = 8
"""A text or bytes longer than this may be a name, a number or a picture."""
_CARRIERS = re.compile(r"Track|Stripe|Text|Image|Barcode|Code$|Printable|Target|Exchanged|Uid|Plane|Column|Element")
_BROKEN = re.compile(r"Bad|Broken|Malformed|Unknown|Unreadable")
"""What was not understood may have been anything."""
_NUMBER = re.compile(r"\d{6}")
_SHOWN = 40


class Teller:
    """Follows both sides of one conversation."""

    def __init__(self, host: Feed | None, device: Feed | None, is_open: Callable[[object], bool]) -> None:
        self._feeds, self._is_open = {"host": host, "device": device}, is_open

    def tell(self, speaker: str, data: bytes) -> tuple[str, bool]:
        """What these bytes complete, in words, and whether they may concern a person."""
        feed = self._feeds[speaker]
        if feed is None:
            text = plain_text(data)
            return text, len(data) > LONGEST_OPEN or bool(_NUMBER.search(text))
        try:
            messages = feed(data)
        except (ValueError, IndexError, KeyError) as error:
            return f"unreadable: {error}", True
        if not messages:
            return ("…" if data else ""), len(data) > LONGEST_OPEN // 2
        private = any(not self._is_open(message) and carries(message) for message in messages)
        private |= len(data) > LONGEST_OPEN and any(_BROKEN.search(type(message).__name__) for message in messages)
        return "; ".join(in_words(message) for message in messages[:6]) + (" …" if len(messages) > 6 else ""), private


def teller_for(profile: Profile) -> Teller:
    """For what this profile's driver speaks; text only where nobody knows the language."""
    known = FAMILIES.get(profile.driver)
    if known is None:
        try:
            known = getattr(module_of(profile), "decoders", None)
        except ConfigError:
            known = None  # the driver is not installed here; its bytes can still be looked at
    host, device = known(profile) if known else (None, None)
    return Teller(host, device, OPEN.get(profile.driver, lambda message: False))


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
