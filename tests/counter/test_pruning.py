"""Old rows leave the counter's disk; open ones and the newest number stay, whatever their age."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from loyalty.contract.commands import RecordPurchase
from loyalty.contract.outcomes import Refusal
from loyalty.counter.known import Known
from loyalty.counter.outbox import Outbox
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.pruning import KEPT, prune
from loyalty.counter.store import Store
from tests.counter.samples import NOON, face, member

LATER = NOON + KEPT + timedelta(days=1)


def put(box: Outbox, number: int, answered: bool) -> None:
    id = f"s{number}"
    box.put(id, id, lambda seq: RecordPurchase(id, "till-1", seq, NOON, member="m", amount=Decimal(1)), NOON)
    if answered:
        box.answer(id, Refusal(id, "invalid", "No."), NOON)


def test_what_is_answered_goes_and_what_waits_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    box = Outbox(store)
    for number, answered in enumerate((True, True, False, True)):
        put(box, number, answered)
    assert prune(store, NOON + KEPT) == 0
    assert prune(store, LATER) == 2
    assert [entry.id for entry in box.latest(9)] == ["s3", "s2"]
    put(box, 4, True)
    assert [entry.seq for entry in box.latest(9)] == [5, 4, 3]
    store.close()


def test_a_printed_face_stays_because_it_says_what_is_on_the_card(tmp_path: Path) -> None:
    store = Store(tmp_path)
    jobs = PrintJobs(store)
    first = jobs.add_face(member(), face("1"), "p1", NOON)
    assert first is not None
    jobs.done(first.id)
    prune(store, LATER)
    assert jobs.newest_face(member().id) is not None
    assert jobs.add_face(member(), face("1"), "p1", LATER) is None
    store.close()


def test_known_facts_are_known_after_a_restart_until_they_are_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Known(store).put("a", "1")
    store.close()
    store = Store(tmp_path)
    assert Known(store).get("a") == "1"
    Known(store).forget("a")
    assert Known(store).get("a") is None
    store.close()
