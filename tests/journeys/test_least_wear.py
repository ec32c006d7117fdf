"""Cards at simulated printers, sale after sale: no more heat than has to be, and none saved on misplaced trust."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loyalty.contract.outcomes import FaceData, MemberView
from loyalty.contract.raster import Raster
from loyalty.counter.card_printing import CardPrinting
from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import DeviceSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import Store
from loyalty.printing.face import render_face
from simulators.__main__ import start
from simulators.card import SimCard
from tests.counter.samples import NOON, face, member
from tests.journeys.programs import until

PROFILES, STRIPE = ("star-tcp300ii", "evolis-primacy", "sanwa-crp1231lr"), "88001"
CARD: dict[str, Any] = {"kind": "rewritable", "uid": "04A1B2C3D4E5F1", "tracks": {"2": STRIPE}}


class Printer:
    """One simulated unit; cards that were in it before come back as they left."""

    def __init__(self, profile: str) -> None:
        self.unit, ready, self._server = start(profile, tcp="127.0.0.1:0")
        self.port, self.control = ready["port"], ready["control"]

    def worn(self) -> tuple[int, int]:
        """Cycles that the card in the unit has behind it, and print passes of the unit (Evolis: planes sent)."""
        planes = sum(b"Db;".hex() in row["hex"] for row in self.unit.log.after(0))
        return self.unit.shown.cycles, self.unit.counters["prints"] + planes

    def printed(self) -> bytes:
        return bytes(self.unit.shown.printed.convert("1").tobytes())

    def close(self) -> None:
        self._server.close()


class Counter:
    """A counter's disk and its card printer's thread; `serve` prints one face on the card that is put in."""

    def __init__(self, folder: Path, printer: Printer, wear: str = "alone", **settings: Any) -> None:
        self.store, self.printer, self.now = Store(folder), printer, NOON
        self.jobs, self.snapshots = PrintJobs(self.store), Snapshots(self.store)
        self.snapshots.keep(member(), NOON)
        settings |= {"control": printer.control, "least_wear": wear}
        device = DeviceSettings("cards", "card_printer", printer.unit.profile.name, printer.port, **settings)
        service = CardPrinting(self.jobs, self.snapshots, self.render, lambda: self.now)
        self.thread = DeviceThread(device, service, lambda state: None)
        self.thread.start()
        self.faces: list[Raster] = []

    def render(self, data: FaceData, dots: tuple[int, int]) -> Raster:
        self.faces.append(render_face(data, dots))
        return self.faces[-1]

    def sell(self, points: str, card: dict[str, Any] = CARD, seconds: int = 10) -> str:
        """A sale's face, and the member's card put in as soon as the printer asks; the job's id when it is done."""
        job = self.ordered(points, seconds)
        self.put(card)
        until("the face is on the card", 30, lambda: self.state(job) == "done")
        until("nobody is asked for it", 30, lambda: self.thread.state.cause != "no_card")
        self.printer.unit.take_card()
        return job

    def ordered(self, points: str, seconds: int = 10) -> str:
        self.now += timedelta(seconds=seconds)
        job = self.jobs.add_face(member(), replace(face(points), as_of=self.now), f"p{self.now}", self.now)
        assert job is not None
        return job.id

    def put(self, card: dict[str, Any] = CARD) -> None:
        until("the printer asks for the card", 30, lambda: self.thread.state.cause == "no_card")
        self.printer.unit.put_card(SimCard.from_json(card))

    def state(self, job: str) -> str:
        found = self.jobs.find(job)
        assert found is not None
        return found.state

    def close(self) -> None:
        self.thread.stop()
        self.thread.join(10)
        self.store.close()


@pytest.fixture(params=PROFILES)
def printer(request: pytest.FixtureRequest) -> Iterator[Printer]:
    printer = Printer(request.param)
    yield printer
    printer.close()


@pytest.fixture
def sanwa() -> Iterator[Printer]:
    printer = Printer("sanwa-crp1231lr")
    yield printer
    printer.close()


@pytest.fixture
def counter(tmp_path: Path, printer: Printer) -> Iterator[Counter]:
    counter = Counter(tmp_path / "counter", printer)
    yield counter
    counter.close()


def test_two_sales_with_the_same_face_heat_the_card_once(counter: Counter, printer: Printer) -> None:
    counter.sell("100")
    worn = printer.worn()
    assert worn[1] > 0
    counter.sell("100")
    assert printer.worn() == worn
    assert printer.printed() == counter.faces[-1].rows


@pytest.mark.slow
def test_a_changed_balance_is_on_the_card(counter: Counter, printer: Printer) -> None:
    counter.sell("100")
    counter.sell("188", seconds=120)
    assert printer.printed() == counter.faces[-1].rows


def test_a_changed_balance_erases_a_part_where_the_printer_can(tmp_path: Path) -> None:
    worn = {}
    for wear in ("alone", "off"):
        printer = Printer("evolis-primacy")
        counter = Counter(tmp_path / wear, printer, wear)
        for points in ("100", "188"):
            counter.sell(points, seconds=120)
        assert printer.printed() == counter.faces[-1].rows
        worn[wear] = printer.unit.shown.cycles
        counter.close()
        printer.close()
    assert worn == {"alone": 1, "off": 2}  # the first time nobody knows what is on the card


def test_after_an_interrupted_job_the_whole_face_is_printed(tmp_path: Path, sanwa: Printer) -> None:
    counter = Counter(tmp_path, sanwa)
    counter.sell("100")
    sanwa.unit.set_fault("card_jam", {"when": "erased"})
    job = counter.ordered("188")
    counter.put()
    until("the jam is noticed", 30, lambda: counter.jobs.find(job).trouble == "card_jam")  # type: ignore[union-attr]
    sanwa.unit.clear_faults()
    counter.jobs.drop(job)
    erased = sanwa.unit.counters["erasures"]
    counter.sell("100")  # the very face that the card had before, and that is not on it any more
    assert sanwa.unit.counters["erasures"] == erased + 1
    assert sanwa.printed() == counter.faces[-1].rows
    counter.close()


def test_while_a_card_is_worked_on_the_disk_vouches_for_nothing(tmp_path: Path, sanwa: Printer) -> None:
    """A counter that is killed now must not believe anything when it comes back."""
    counter = Counter(tmp_path, sanwa)
    counter.sell("100")
    assert remembered(counter) == 1
    sanwa.unit.set_fault("slow", {"seconds": 0.3})
    job = counter.ordered("188")
    counter.put()
    until("the face is being erased", 30, lambda: sanwa.unit.counters["erasures"] == 2)
    assert remembered(counter) == 0
    sanwa.unit.clear_faults()
    until("the face is on the card", 30, lambda: counter.state(job) == "done")
    assert remembered(counter) == 1
    counter.close()


def remembered(counter: Counter) -> int:
    return int(counter.store.rows("SELECT count(*) FROM shown_face")[0][0])


def test_what_was_printed_is_known_after_a_restart(tmp_path: Path, sanwa: Printer) -> None:
    for seconds in (10, 20):
        counter = Counter(tmp_path, sanwa)
        counter.sell("100", seconds=seconds)
        until("one face to be counted", 30, lambda thread=counter.thread: thread.figures == {"prints_here": 1})
        counter.close()
    assert sanwa.worn()[0] == 1


def test_a_replaced_card_with_the_same_number_is_printed(tmp_path: Path, sanwa: Printer) -> None:
    counter = Counter(tmp_path, sanwa)
    counter.sell("100")
    counter.snapshots.keep(changed_cards(NOON + timedelta(seconds=5)), NOON)
    counter.sell("100", {**CARD, "uid": "04000000000002"})
    assert sanwa.printed() == counter.faces[-1].rows
    counter.close()


def changed_cards(as_of: datetime) -> MemberView:
    return member(cards=("card_uid:04000000000002", f"magstripe:{STRIPE}"), as_of=as_of)


def test_a_person_who_asks_again_gets_the_whole_face(tmp_path: Path, sanwa: Printer) -> None:
    """The card lay in a hot car and is blank; the counter thinks it knows better."""
    counter = Counter(tmp_path, sanwa)
    job = counter.sell("100")
    assert counter.jobs.retry(job, counter.now)
    counter.put()
    until("the face is on the card", 30, lambda: counter.state(job) == "done")
    assert sanwa.worn()[0] == 2
    counter.close()


def test_the_card_itself_says_which_face_it_carries(tmp_path: Path, sanwa: Printer) -> None:
    """Two counters, one card. A face printed at the other counter is not taken for the one printed here."""
    other_printer = Printer("sanwa-crp1231lr")
    here, other = Counter(tmp_path / "a", sanwa, "mark"), Counter(tmp_path / "b", other_printer, "mark")
    here.sell("100")
    first = carried(sanwa)
    assert len(first["3"]) == 14 and first["2"] == STRIPE
    here.sell("100")
    assert (sanwa.worn()[0], carried(sanwa)) == (1, first)
    other.sell("188", {**CARD, "tracks": first}, seconds=60)
    assert carried(other_printer)["3"] != first["3"]
    here.sell("100", {**CARD, "tracks": carried(other_printer)}, seconds=120)
    assert sanwa.worn()[0] == 2
    assert sanwa.printed() == here.faces[-1].rows
    for each in (here, other, other_printer):
        each.close()


def carried(printer: Printer) -> dict[str, str]:
    """What the stripe of the card last in this unit carries."""
    _, (card, _) = list(printer.unit._drawer._cards.items())[-1]
    return dict(card.tracks)


def test_a_card_that_takes_no_number_gets_no_face(tmp_path: Path, sanwa: Printer) -> None:
    counter = Counter(tmp_path, sanwa, "mark")
    counter.sell("100")
    before = sanwa.printed()
    sanwa.unit.set_fault("write_error", {})
    job = counter.ordered("188", 120)
    counter.put()
    until("it is told", 30, lambda: counter.jobs.find(job).trouble == "stripe_write_failed")  # type: ignore[union-attr]
    assert sanwa.printed() == before
    sanwa.unit.clear_faults()
    counter.close()
