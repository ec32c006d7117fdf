"""Every fault of every card printer and its line, with every verb: told with advice, nothing half true, usable again.

The tables of the other files say which error each fault has to end in. Here nothing is expected but honesty: whatever
happened, what the driver says of face and stripe is so. On request, because of its size: GRID and MOMENTS times VERBS.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import FACE, STRIPE
from loyalty.devices.interfaces import CardPosition, Health
from loyalty.errors import DeviceError
from simulators.easyprinter.device import EasyPrinterUnit
from simulators.evolis.device import EvolisUnit
from simulators.sanwa.device import SanwaUnit
from simulators.star_tcp.device import StarUnit
from simulators.unit import LINE_FAULTS, Unit
from simulators.virtual_pointcard.device import VirtualUnit
from tests.devices import easyprinter_bench, evolis_bench, sanwa_bench, star_bench, virtual_bench

CARD = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "0000"}}
SETTINGS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 0.3}, "late": {"seconds": 0.3, "after": 3}, "delay": {"seconds": 0.05},
}  # fmt: skip
UNITS: dict[str, tuple[Any, type[Unit]]] = {
    "star": (star_bench, StarUnit), "sanwa": (sanwa_bench, SanwaUnit), "evolis": (evolis_bench, EvolisUnit),
    "easyprinter": (easyprinter_bench, EasyPrinterUnit), "virtual": (virtual_bench, VirtualUnit),
}
GRID = [(name, fault) for name, (_, unit) in UNITS.items() for fault in (*LINE_FAULTS, *unit.faults_known)]
MOMENTS = [
    (name, f"{fault} at {when}") for name, (_, unit) in UNITS.items() for fault in unit.faults_known
    if fault in ("card_jam", "card_pulled", "card_pulled_out", "power_cut")
    for when in (("write", "erase", "print") if name == "virtual" else ("erased", "printed"))
]  # fmt: skip
Verb = Callable[[Any, Raster, dict[int, str]], Any]
VERBS: dict[str, Verb] = {
    "rewrite": lambda driver, face, tracks: driver.rewrite(face),
    "erase": lambda driver, face, tracks: driver.erase(),
    "write_stripe": lambda driver, face, tracks: driver.write_stripe(tracks),
    "read_stripe": lambda driver, face, tracks: driver.read_stripe(2),
    "make, stripe first": lambda driver, face, tracks: driver.make(face, tracks, order=STRIPE),
    "make, face first": lambda driver, face, tracks: driver.make(face, tracks, order=FACE),
    "take_in": lambda driver, face, tracks: driver.take_in(0.05, lambda: False),
    "eject": lambda driver, face, tracks: driver.eject(),
    "status": lambda driver, face, tracks: driver.status(),
    "reset": lambda driver, face, tracks: driver.reset(),
}
MAKES = ("make, stripe first", "make, face first")
PRINTS, WRITES = ("rewrite", *MAKES), ("write_stripe", *MAKES)


class Desk:
    """A unit of one kind and its only card; `changed` counts, so that every new face and number is another."""

    def __init__(self, name: str) -> None:
        self.name, self.module, self.changed = name, UNITS[name][0], 0
        self.bench, self.card = self.module.Bench(), None

    def ready(self) -> None:
        """All faults gone, a new line, the card inside."""
        self.bench.unit.clear_faults()
        self.pace(hurried=False)
        self.bench.connect()
        self.bench.until(lambda: not self.bench.unit.state()["busy"])
        with contextlib.suppress(DeviceError):
            self.bench.driver.eject()
        self.bench.unit.take_card()
        self.bench.driver.position()
        self.bench.take_in(CARD)

    def pace(self, *, hurried: bool) -> None:
        facts = self.module.HURRIED if hurried else self.module.PATIENT
        named = facts if isinstance(facts, dict) else dict(zip(("link_reply_s", "op_s"), facts, strict=True))
        self.bench.profile = star_bench.with_facts(self.bench.profile, **named)

    def next(self) -> tuple[Raster, dict[int, str]]:
        self.changed += 1
        width, height = self.bench.driver.face_dots
        stride, rows = (width + 7) // 8, bytearray(Raster.blank(width, height).rows)
        at = 8 * (1 + self.changed % 20)
        for y in range(at, at + 8):
            rows[y * stride + 3] = 0xFF
        tracks = {} if self.name == "easyprinter" else {2: f"{self.changed:04d}"}
        return Raster(width, height, bytes(rows)), tracks

    def show_something(self) -> None:
        """A card that shows a black bar, which no new face has."""
        printed = self.bench.unit.shown.printed
        printed.paste(255, (0, 0, printed.width, 6))

    def state(self) -> tuple[Raster, str]:
        return self.bench.printed(), str(self.card.tracks.get("2"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault"), [*GRID, *MOMENTS])
def test_whatever_happens_is_told_as_it_is(name, fault):
    desk = Desk(name)
    wrong = [said for verb in VERBS if (said := tried(desk, fault, verb))]
    desk.ready()
    face, _ = desk.next()
    desk.bench.driver.rewrite(face)
    if desk.bench.printed() != face or desk.bench.driver.status().health is not Health.READY:
        wrong.append("the unit is not usable afterwards")
    desk.bench.close()
    assert not wrong, "\n".join(wrong)


def tried(desk: Desk, fault: str, verb: str) -> str:
    """What was not as it was told, or an empty text."""
    desk.ready()
    desk.pace(hurried=True)
    desk.bench.connect()
    if desk.bench.driver.position() is not CardPosition.INSIDE:  # an EasyPrinter gives it back when a program begins
        desk.bench.take_in(CARD)
    desk.card = desk.bench.unit.card
    desk.show_something()
    (face, tracks), before = desk.next(), desk.state()
    fault, _, moment = fault.partition(" at ")
    desk.bench.unit.set_fault(fault, {"when": moment} if moment else dict(SETTINGS.get(fault, {})))
    error: DeviceError | None = None
    answer = None
    try:
        answer = VERBS[verb](desk.bench.driver, face, tracks)
    except DeviceError as caught:
        error = caught
    desk.bench.unit.clear_faults()
    with contextlib.suppress(AssertionError):
        desk.bench.until(lambda: not desk.bench.unit.state()["busy"])
    now = desk.state()
    if error is not None and not (error.code and error.advice and str(error)):
        return f"{verb}: {error!r} without advice"
    return lie(verb, error, answer, before, now, (face, next(iter(tracks.values()), before[1])))


def lie(verb: str, error: DeviceError | None, answer: Any, before: Any, now: Any, wanted: Any) -> str:
    """A sentence where the driver said of face or stripe what is not so."""
    told = f"{verb}: told {error.code} {error.half} {error.stripe}" if error else f"{verb}: told that it is done"
    half = error.half if error else "printed" if verb in PRINTS else ""
    stripe = error.stripe if error else "written" if verb in WRITES else ""
    if verb == "write_stripe" and error:
        half, stripe = "untouched", error.half  # of a writing the half is the stripe's
    if (half == "untouched" and now[0] != before[0]) or (half == "printed" and verb in PRINTS and now[0] != wanted[0]):
        return f"{told}, and the face is another"
    if (stripe == "untouched" and now[1] != before[1]) or (stripe in ("written", "verified") and now[1] != wanted[1]):
        return f"{told}, and the stripe says {now[1]}"
    if verb == "read_stripe" and not error and answer not in (None, before[1]):
        return f"read {answer!r}, and the stripe says {before[1]}"
    return ""
