"""What travels to an ESC/POS printer, as values. Names of commands are ours; codes stand in tables.py.

Sources of the codes: Epson TM-U295 and TM-T88 operator's manuals, Citizen iDP3221 p. 200 (status bytes), HPRT TP80K
p. 72, and streams written by three independent encoders (tests/data/escpos).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Printable:
    """Characters as the printer's present code page or Kanji mode reads them."""

    data: bytes


@dataclass(frozen=True)
class Command:
    """One command. arguments: the fixed bytes after its code; data: what they announce (a picture, a code's text)."""

    name: str
    arguments: bytes = b""
    data: bytes = b""


@dataclass(frozen=True)
class RealTime:
    """DLE EOT n (asks a status), DLE ENQ n (recover), DLE DC4 n … (drawer pulse, clear): obeyed on arrival."""

    name: str
    arguments: bytes


@dataclass(frozen=True)
class Unknown:
    """A control code that is no command of this language; the bytes are skipped."""

    data: bytes


Message = Printable | Command | RealTime | Unknown


def number(low_first: bytes) -> int:
    """nL nH … as an integer."""
    return int.from_bytes(low_first, "little")
