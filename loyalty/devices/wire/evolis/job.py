"""Print streams.

`rewrite_stream` is equal to what the vendor's library 9.4.1 writes for a rewritable card and one face at 300 dpi, byte
by byte but for the time; what Psync, Psmgr, Pcla, Psk, Piqla, Peoic and Mr;s mean is not public. `ribbon_stream` is
what a free driver for the Dualys sends (dpavlin/Printer-EVOLIS, scripts/evolis-driver.pl).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loyalty.devices.wire.evolis.messages import Command, CompressedPlane, Message, Nul, Plane, Tag, encode

FIRST, LAST = Command.parse("Psync;1;0"), Command.parse("Psync;11;0")
"""A print stream begins and ends with these."""
KEEP, EJECT = Command.parse("Pneab;A;0"), Command.parse("Pneab;A;1")
"""The card stays inside after Se, or leaves as usual."""
END_QUESTION = Command("Rfv")
"""Asked behind a stream on the same connection: its answer says that the stream has been worked off."""
PADDING = 64
"""NULs behind a stream for the Dualys."""


@dataclass(frozen=True)
class Heat:
    """Temperatures 1 to 20, speeds 1 to 10; 10 is the vendor's default for each."""

    write_temperature: int = 10
    write_speed: int = 10
    erase_temperature: int = 10
    erase_speed: int = 10

    def commands(self) -> Iterator[Command]:
        yield Command.parse(f"Pc;k;=;{self.write_temperature}")
        yield Command.parse(f"Ps;k;=;{self.write_speed}")
        yield Command.parse(f"Pc;e;=;{self.erase_temperature}")
        yield Command.parse(f"Ps;o;=;{self.erase_speed}")


@dataclass(frozen=True)
class RewriteJob:
    """`write` and `erase` are planes of one bit to the dot; None: the plane is left out of the stream."""

    write: bytes | None = field(repr=False)
    erase: bytes | None = field(repr=False)
    printed_at: int
    """Seconds since 1970."""
    card: str = "mblack"
    settings: tuple[str, ...] = ("Psk;10", "Piqla;a;d", "Pmc;h", "Peoic;k;D")
    """Commands of the header that differ from model to model."""
    heat: Heat = Heat()
    eject: bool = True


def rewrite_stream(job: RewriteJob) -> Iterator[Message]:
    yield FIRST
    yield Tag("HEADER")
    yield from _commands("Psmgr;1", f"Ppws;{job.printed_at}", "Pcla;1", "Ppmode;1", f"Prw;{job.card}")
    yield from _commands("Pwres;300;300;1", *job.settings, "Psync;2")
    yield Tag("/HEADER")
    yield from _marked("Psync;12;1", "OPTION Dpi=300x300", "Psync;13;0")
    yield Tag("/OPTION")
    yield from _marked("Psync;3;1", "DOC Duplex=0", "Psync;3;0")
    yield from _marked("Psync;5;1", "CARD", "Psync;5;0")
    yield from _commands("Ss", "Mr;s")
    yield from _marked("Psync;9;1", "FACE", "Psync;9;0")
    yield Command("Sr")
    yield from job.heat.commands()
    for panel, dots in (("k", job.write), ("o", job.erase)):
        if dots is not None:
            yield from _binary(Plane(panel, 2, dots))
    yield from _marked("Psync;10;1", "/FACE", "Psync;10;0")
    yield from (Command("Se"),) if job.eject else (KEEP, Command("Se"), EJECT)
    yield from _marked("Psync;6;1", "/CARD", "Psync;6;0")
    yield from _marked("Psync;4;1", "/DOC", "Psync;4;0")
    yield Command.parse("Pcla;0")
    yield from _marked("Psync;11;1", "END", str(LAST))


def ribbon_stream(plane: Plane | CompressedPlane, contrast: int = 10) -> Iterator[Message]:
    """One face in one colour with a ribbon: black once and for all."""
    yield from _commands("Pr;k", f"Pc;{plane.panel};=;{contrast}", "Ss", "Sr")
    yield plane
    yield Command("Se")


def end_question() -> Iterator[Message]:
    """Follows a stream on the same connection."""
    yield from (Nul(), END_QUESTION, Nul())


def encoded(messages: Iterable[Message]) -> bytes:
    return b"".join(encode(message) for message in messages)


def _commands(*texts: str) -> Iterator[Command]:
    return (Command.parse(text) for text in texts)


def _marked(before: str, tag: str, after: str) -> Iterator[Message]:
    yield from (Command.parse(before), Tag(tag), Command.parse(after))


def _binary(plane: Plane) -> Iterator[Message]:
    yield Tag(f"BINARY Size={len(encode(plane))}")
    yield plane
    yield Tag("/BINARY")
