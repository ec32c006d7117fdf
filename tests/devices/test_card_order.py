"""Stripe and face in one job: either order, the cable pulled between the halves and inside one, told exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import FACE, STRIPE
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from loyalty.errors import DeviceError, LinkLost, Rejected, WrongCard
from tests.devices import easyprinter_bench, evolis_bench, sanwa_bench, star_bench, virtual_bench

UID = "04A1B2C3D4E5F6"


@dataclass(frozen=True)
class Kind:
    """Where the cable is pulled: when the driver is about to say this."""

    bench: Any
    size: tuple[int, int]
    number: str
    between: dict[str, Callable[[bytes], bool]]
    inside: dict[str, Callable[[bytes], bool]]

    def patch(self, at: int) -> Raster:
        """A small black square, so that little travels."""
        width, height = self.size
        stride, rows = (width + 7) // 8, bytearray(Raster.blank(width, height).rows)
        for y in range(at, at + 16):
            rows[y * stride + at // 8] = 0xFF
        return Raster(width, height, bytes(rows))


def has(*parts: bytes) -> Callable[[bytes], bool]:
    return lambda data: any(part in data for part in parts)


def frame(code: int) -> Callable[[bytes], bool]:
    return lambda data: data[:1] == b"\x02" and data[2:3] == bytes([code])


KINDS = {
    "star": Kind(star_bench.Bench, (480, 320), "M-0413", {STRIPE: has(b"\x02\x40"), FACE: has(b"\x02\x40")},
                 {STRIPE: has(b"\x02\x46"), FACE: has(b"\x02\x32")}),
    "sanwa": Kind(sanwa_bench.Bench, (504, 336), "M-0413", {STRIPE: frame(0x7A), FACE: frame(0x20)},
                  {STRIPE: frame(0x7D), FACE: frame(0x53)}),
    "evolis": Kind(evolis_bench.Bench, (1016, 648), "0413", {STRIPE: has(b"Psid;"), FACE: has(b"Psid;0")},
                   {STRIPE: has(b"<END>"), FACE: has(b"Smw")}),
    "easyprinter": Kind(easyprinter_bench.Bench, (960, 560), "",
                        {STRIPE: has(b"\x1bL"), FACE: has(b"\x1b\xa7", b"\x1b$$U")}, {}),
}  # fmt: skip


class Desk:
    """A card with an old number and an old face inside a unit, and the driver that is to make it new."""

    def __init__(self, kind: Kind, order: str) -> None:
        self.kind, self.bench = kind, kind.bench(order=order)
        self.old, self.new = kind.patch(40), kind.patch(80)
        self.tracks = {2: kind.number} if kind.number else {}
        self.more = {} if kind.number else {"uid": UID}
        card = {"kind": "rewritable", "uid": UID, "tracks": {"2": "0412"}}
        self.bench.take_in(card)
        self.bench.driver.rewrite(self.old)
        self.bench.take_in(card)

    def pull_the_cable(self, where: Callable[[bytes], bool]) -> None:
        """From now on, when one half of the work is done and the driver is about to say this."""

        def listen(who: str, data: bytes) -> None:
            if who == "host" and where(data) and self.half_done:
                self.bench.unit.set_fault("cut", {})

        self.bench.close_line()
        transport = open_transport(self.bench.ready["port"], self.bench.profile, listen)
        self.driver = self.bench._driver = driver_for(self.bench.profile)(transport, self.bench.profile)
        self.insert()

    def insert(self) -> None:
        """An EasyPrinter gives a card back whenever a program begins."""
        if self.bench._driver.position() is not CardPosition.INSIDE:
            self.bench.take_in({"kind": "rewritable", "uid": UID})

    @property
    def half_done(self) -> bool:
        looked_at = bool(self.more) and self.bench.driver._profile["order"] == STRIPE
        return looked_at or self.number != "0412" or self.bench.printed() != self.old

    def make(self, driver: Any, **how: Any) -> None:
        driver.make(self.new, self.tracks, **how, **self.more)

    @property
    def number(self) -> str:
        """What is on the stripe; the same for ever where there is none."""
        return str(self.bench.unit.card.tracks["2"]) if self.tracks else "0412"

    def replug(self) -> Any:
        self.bench.close_line()
        self.bench.unit.clear_faults()
        return self.bench.connect()


@pytest.fixture
def desk():
    made = []

    def make(name, order):
        made.append(Desk(KINDS[name], order))
        return made[-1]

    yield make
    for each in made:
        each.bench.unit.clear_faults()
        each.bench.close()


BETWEEN = [
    pytest.param(name, order, marks=[pytest.mark.slow] * ((order == STRIPE) != (name == "sanwa")))
    for name in KINDS for order in (STRIPE, FACE)
]  # fmt: skip
"""Each unit once by default; either order with each on request."""


@pytest.mark.parametrize(("name", "order"), BETWEEN)
def test_the_cable_is_pulled_between_the_halves(desk, name, order):
    desk = desk(name, order)
    desk.pull_the_cable(desk.kind.between[order])
    with pytest.raises(LinkLost) as caught:
        desk.make(desk.driver)
    done = "written" if desk.tracks else "verified"
    told = (caught.value.half, caught.value.stripe)
    assert told == (("untouched", done) if order == STRIPE else ("printed", "untouched"))
    assert desk.bench.printed() == (desk.old if order == STRIPE else desk.new)
    if desk.tracks:
        assert desk.number == (desk.kind.number if order == STRIPE else "0412")
    driver = desk.replug()
    desk.insert()
    printed = desk.bench.unit.state().get("cycles")
    desk.make(driver, present=desk.new if order == FACE else desk.old)
    assert desk.bench.printed() == desk.new
    assert driver.position() is not CardPosition.INSIDE
    if order == FACE:
        assert desk.bench.unit.state().get("cycles") == printed  # what is printed is not printed twice


@pytest.mark.slow
@pytest.mark.parametrize("order", [STRIPE, FACE])
@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].inside])
def test_the_cable_is_pulled_within_the_second_half(desk, name, order):
    desk = desk(name, order)
    desk.pull_the_cable(desk.kind.inside[order])
    with pytest.raises(LinkLost) as caught:
        desk.make(desk.driver)
    told = (caught.value.half, caught.value.stripe)
    assert told == (("unknown", "written") if order == STRIPE else ("printed", "unknown"))
    driver = desk.replug()
    desk.insert()
    desk.make(driver)
    assert (desk.bench.printed(), desk.number) == (desk.new, desk.kind.number)


def test_what_cannot_be_done_is_refused_before_anything_happens(desk):
    desk = desk("star", FACE)
    for tracks, order in (({2: "M" * 70}, FACE), ({1: "7"}, FACE), ({2: "7"}, "first")):
        with pytest.raises(Rejected) as caught:
            desk.bench.driver.make(desk.new, tracks, order=order)
        assert (caught.value.half, caught.value.stripe) == ("untouched", "untouched")
    assert (desk.bench.printed(), desk.number) == (desk.old, "0412")
    assert desk.bench.driver.position() is CardPosition.INSIDE


def test_a_stripe_that_does_not_verify_keeps_its_card_inside(desk):
    desk = desk("star", FACE)
    desk.bench.unit.set_fault("write_verify", {})
    with pytest.raises(DeviceError) as caught:
        desk.make(desk.bench.driver)
    assert (caught.value.code, caught.value.half, caught.value.stripe) == ("stripe_write_failed", "printed", "unknown")
    assert desk.bench.driver.position() is CardPosition.INSIDE
    desk.bench.unit.clear_faults()
    desk.make(desk.bench.driver, present=desk.new)
    assert (desk.bench.printed(), desk.number) == (desk.new, desk.kind.number)


@pytest.mark.slow
@pytest.mark.parametrize("order", [STRIPE, FACE])
def test_another_chip_than_the_one_awaited(desk, order):
    desk = desk("easyprinter", order)
    with pytest.raises(WrongCard) as caught:
        desk.bench.driver.make(desk.new, {}, uid="04000000000001")
    assert (caught.value.half, caught.value.stripe) == ("untouched" if order == STRIPE else "printed", "untouched")
    assert desk.bench.driver.position() is CardPosition.INSIDE
    desk.bench.driver.eject()
    desk.insert()
    desk.make(desk.bench.driver)
    assert desk.bench.printed() == desk.new


def test_a_ribbon_printer_cannot_keep_its_card():
    bench = evolis_bench.Bench("evolis-dualys", order=FACE)
    bench.take_in({"kind": "plain", "tracks": {"2": "0412"}})
    with pytest.raises(Rejected) as caught:
        bench.driver.make(KINDS["evolis"].patch(80), {2: "0413"})
    assert (caught.value.half, caught.value.stripe) == ("untouched", "untouched")
    bench.driver.make(KINDS["evolis"].patch(80), {2: "0413"}, order=STRIPE)
    assert bench.unit.state()["cycles"] is not None
    bench.close()


@pytest.mark.parametrize(("order", "when", "told"), [
    (FACE, "write", ("printed", "unknown")), (STRIPE, "erase", ("unknown", "written")),
])  # fmt: skip
def test_the_virtual_unit_says_itself_how_far_each_half_got(order, when, told):
    bench = virtual_bench.Bench()
    bench.take_in(virtual_bench.ANNA)
    bench.unit.set_fault("card_jam", {"when": when})
    with pytest.raises(DeviceError) as caught:
        bench.driver.make(virtual_bench.face_of("880 points"), {2: "M-0413"}, order=order)
    assert (caught.value.half, caught.value.stripe) == told
    bench.unit.clear_faults()
    bench.unit.take_card()
    bench.take_in(virtual_bench.ANNA)
    bench.driver.make(virtual_bench.face_of("880 points"), {2: "M-0413"}, order=order)
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT
    bench.close()
