"""What the counter is told about tills of other makes: `[[counter.tills]]`, one table each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loyalty.errors import ConfigError

HTTP, FOLDER, SERIAL, KEYBOARD = "http", "folder", "serial", "keyboard"
WAYS = (HTTP, FOLDER, SERIAL, KEYBOARD)
_NEEDS = {HTTP: ("key",), FOLDER: ("folder", "mapping"), SERIAL: ("port", "mapping"), KEYBOARD: ("mapping",)}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
LEAST_KEY = 16


@dataclass(frozen=True)
class TillSettings:
    """One till. `key` or `key_file` for http; `folder` for folder; `port` (pyserial) for serial; `mapping` for all but
    http."""

    id: str
    way: str
    key: str = ""
    key_file: Path | None = None
    folder: Path | None = None
    mapping: Path | None = None
    port: str = ""
    baud: int = 9600
    card_within_s: float = 120.0
    """A receipt that names no member belongs to the card that was read at most this long before it."""
    claims: bool = False
    """A receipt of nobody gets a second one beside it, with a code that brings its points later."""
    settle_s: float = 1.0
    """Folder: a file that grew or changed within this time is still being written."""
    incomplete_s: float = 30.0
    """Folder: how long a file that looks cut off is waited for."""
    start: str = "="
    """Keyboard: the character with which the till begins what it types."""


def ready(tills: Sequence[TillSettings], base: Path) -> tuple[TillSettings, ...]:
    """The tills with paths relative to `base` and keys read; ConfigError naming the till and what is wrong."""
    found = []
    for till in tills:
        _check(till)
        paths = {name: base / path for name in ("folder", "mapping", "key_file") if (path := getattr(till, name))}
        found.append(_with_key(replace(till, **paths)))
    names = [till.id for till in found]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(f"Two tills are called {double!r}; give each its own id.")
    if sum(till.way == KEYBOARD for till in found) > 1:
        raise ConfigError("Only one till can type into the cashier's page; give the others another way.")
    return tuple(found)


def _check(till: TillSettings) -> None:
    if not _ID.match(till.id):
        raise ConfigError(f"A till's id is letters, digits, - and _, at most 40; {till.id!r} is not.")
    if till.way not in WAYS:
        raise ConfigError(f"The till {till.id} has the way {till.way!r}; known are {', '.join(WAYS)}.")
    for name in _NEEDS[till.way]:
        if not getattr(till, name) and not (name == "key" and till.key_file):
            raise ConfigError(f"The till {till.id} needs {name!r}, because its way is {till.way}.")
    if min(till.card_within_s, till.settle_s, till.incomplete_s) < 0 or till.baud <= 0:
        raise ConfigError(f"The till {till.id} has a time or a speed below zero; mend it.")
    if till.way == KEYBOARD and (len(till.start) != 1 or till.start.isalnum() or till.start in ".,? "):
        raise ConfigError(f"The till {till.id} has start {till.start!r}; write one sign that nobody types, such as =.")


def _with_key(till: TillSettings) -> TillSettings:
    if till.way != HTTP:
        return till
    key = till.key
    if not key and till.key_file:
        try:
            key = till.key_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The key file {till.key_file} cannot be read: {error}.") from error
    if len(key) < LEAST_KEY:
        raise ConfigError(f"The key of the till {till.id} has fewer than {LEAST_KEY} characters; write a longer one.")
    return replace(till, key=key)
