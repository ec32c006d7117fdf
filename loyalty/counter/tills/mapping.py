"""The mapping file of a till: how what it writes is read. TOML, so that a technician can write it without programming.

docs/tills/folder.md explains each key with an example.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from loyalty.contract.token import KINDS
from loyalty.contract.wire import from_json
from loyalty.errors import ConfigError, Invalid

CSV, JSON, TEXT, EDIFACT = "csv", "json", "text", "edifact"
FILES = {CSV: "*.csv", JSON: "*.json", TEXT: "*.txt", EDIFACT: "*.edi"}
RECEIPT_FIELDS = ("receipt", "amount", "card", "at", "tender", "staff", "returns", "discount")
LINE_FIELDS = ("sku", "line_amount", "quantity", "category")
LONGEST_PATTERN = 300


@dataclass(frozen=True)
class Csv:
    separator: str = ","
    header: bool = True
    """Fields have the names of the first row; otherwise they are called 1, 2, 3 …"""


@dataclass(frozen=True)
class Json:
    receipts: str = ""
    """Path to the list of receipts, names joined by points; empty: the document is one, or a list of them."""
    lines: str = ""
    """Path to the lines within a receipt."""


@dataclass(frozen=True)
class Text:
    patterns: tuple[str, ...] = ()
    """Regular expressions, one line at a time; the names of their groups say what was found."""
    end: str = ""
    """What ends a receipt; empty: the next receipt's number, the end of the file or a pause on the line."""
    void: str = ""
    """What says that the receipt was called off at the till."""
    printer: bool = False
    """The line is that of a receipt printer: ESC/POS commands are taken out."""
    pause_s: float = 2.0


@dataclass(frozen=True)
class Edifact:
    """Qualifiers (data element 1153 of RFF) of the receipt's number and of the member's card within a LIN group."""

    receipt: str = "IV"
    card: str = "CR"


@dataclass(frozen=True)
class Mapping:
    format: str
    files: str = ""
    encoding: str = "utf-8"
    decimal: str = "."
    time: str | None = None
    """As for strptime; None is ISO 8601."""
    card_kind: str = "barcode"
    receipt: dict[str, str] = field(default_factory=dict)
    """Our field: the name of theirs, or a text with {theirs} in it."""
    line: dict[str, str] = field(default_factory=dict)
    csv: Csv = Csv()
    json: Json = Json()
    text: Text = Text()
    edifact: Edifact = Edifact()

    @property
    def pattern(self) -> str:
        """The files that are taken."""
        return self.files or FILES[self.format]


def read_mapping(path: Path) -> Mapping:
    """ConfigError in one sentence naming the file and the key."""
    try:
        mapping = from_json(Mapping, tomllib.loads(path.read_text("utf-8")))
        "".encode(mapping.encoding)
    except OSError as error:
        raise ConfigError(f"The mapping {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The mapping {path} is not TOML: {error}.") from error
    except LookupError as error:
        raise ConfigError(f"The mapping {path} names an encoding that does not exist; utf-8 and big5 do.") from error
    except Invalid as error:
        raise ConfigError(f"The mapping {path}: {error}", pointer=error.pointer) from error
    if fault := _fault(mapping):
        raise ConfigError(f"The mapping {path} {fault}")
    return mapping


def _fault(mapping: Mapping) -> str | None:
    if mapping.format not in FILES:
        return f"has the format {mapping.format!r}; known are {', '.join(FILES)}."
    if mapping.decimal not in (".", ","):
        return "has a decimal that is neither . nor a comma."
    if mapping.card_kind not in KINDS:
        return f"has the card_kind {mapping.card_kind!r}; known are {', '.join(KINDS)}."
    if strange := set(mapping.receipt) - set(RECEIPT_FIELDS):
        return f"has receipt.{strange.pop()}; known are {', '.join(RECEIPT_FIELDS)}."
    if strange := set(mapping.line) - set(LINE_FIELDS):
        return f"has line.{strange.pop()}; known are {', '.join(LINE_FIELDS)}."
    if mapping.format in (CSV, JSON) and "receipt" not in mapping.receipt:
        return 'does not say which field is the receipt\'s number; add [receipt] with receipt = "…".'
    if mapping.format == TEXT:
        return _fault_of_text(mapping.text)
    return None


def _fault_of_text(text: Text) -> str | None:
    named: set[str] = set()
    for pattern in (*text.patterns, text.end, text.void):
        if len(pattern) > LONGEST_PATTERN:
            return f"has a pattern of more than {LONGEST_PATTERN} characters; write a shorter one."
        try:
            named |= set(re.compile(pattern).groupindex)
        except re.error as error:
            return f"has the pattern {pattern!r}, which is no regular expression: {error}."
    if strange := named - {*RECEIPT_FIELDS, *LINE_FIELDS}:
        return f"has a group called {strange.pop()!r}; known are {', '.join((*RECEIPT_FIELDS, *LINE_FIELDS))}."
    return None if "receipt" in named else "has no pattern with a group (?P<receipt>…) for the receipt's number."
