"""Print jobs: the newest face, one card asked for at a time, receipts never twice unasked."""

import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.contract.outcomes import RewardOffer
from loyalty.counter.print_jobs import MOST_ATTEMPTS, PrintJobs
from loyalty.counter.redemptions import SOLD, Redemption, Redemptions
from loyalty.counter.store import Store
from tests.counter.samples import NOON, face, member, receipt

LATER = NOON + timedelta(seconds=10)


def test_a_newer_face_takes_the_place_of_an_older_one(store: Store) -> None:
    jobs = PrintJobs(store)
    old = jobs.add_face(member(), face("100"), "p1", NOON)
    new = jobs.add_face(member(), face("188", LATER), "p2", LATER)
    assert old and new
    armed = jobs.armed_face(LATER)
    assert armed and armed.id == new.id and armed.face and armed.face.balance == "188"
    gone = jobs.find(old.id)
    assert gone and gone.state == "superseded"


def test_a_face_that_comes_late_never_overwrites_a_newer_one(store: Store) -> None:
    jobs = PrintJobs(store)
    new = jobs.add_face(member(), face("188", LATER), "p2", LATER)
    assert new
    jobs.begin(new.id)
    jobs.done(new.id)
    assert jobs.add_face(member(), face("100", NOON), "p1", LATER) is None
    assert jobs.add_face(member(), face("188", LATER), "p2", LATER) is None  # the same answer heard twice


def test_a_face_is_done_together_with_what_is_told_of_it(store: Store) -> None:
    jobs = PrintJobs(store)
    job = jobs.add_face(member(), face("188"), "p1", NOON)
    assert job

    def power_cut(disk: sqlite3.Connection) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        jobs.done(job.id, power_cut)
    standing = jobs.find(job.id)
    assert standing and standing.state == "waiting_for_card"


def test_only_one_members_card_is_asked_for(store: Store) -> None:
    jobs = PrintJobs(store)
    jobs.add_face(member("mem_1"), face(), "p1", NOON)
    jobs.add_face(member("mem_2"), face(), "p2", LATER)
    armed = jobs.armed_face(LATER)
    assert armed and armed.member == "mem_2"
    waiting = jobs.face_of("mem_1", LATER)
    assert waiting and waiting.armed_at is None
    jobs.arm("mem_1", LATER)
    armed = jobs.armed_face(LATER)
    assert armed and armed.member == "mem_1"


def test_a_failed_print_rests_longer_each_time_and_then_waits_for_a_person(store: Store) -> None:
    jobs = PrintJobs(store)
    job = jobs.add_face(member(), face(), "p1", NOON)
    assert job
    now, rests = NOON, []
    for _ in range(MOST_ATTEMPTS):
        jobs.begin(job.id)
        jobs.failed(job.id, "card_jam", "A card is stuck.", now)
        found = jobs.find(job.id)
        assert found and found.next_try_at
        rests.append((found.next_try_at - now).total_seconds())
        assert jobs.armed_face(now) is None
        now = found.next_try_at
    assert rests == sorted(rests) and rests[0] < rests[-1]
    assert found.state == "failed" and found.trouble == "card_jam" and found.attempts == MOST_ATTEMPTS
    assert jobs.armed_face(now + timedelta(hours=1)) is None
    assert jobs.retry(job.id, now)
    armed = jobs.armed_face(now)
    assert armed and armed.attempts == 0


def test_after_a_crash_faces_begin_anew_and_receipts_in_doubt_wait(tmp_path: Path) -> None:
    store = Store(tmp_path)
    jobs = PrintJobs(store)
    card, paper = jobs.add_face(member(), face(), "p1", NOON), jobs.add_receipt(receipt(), "mem_1", "p1", NOON)
    assert card
    jobs.begin(card.id)
    jobs.begin(paper.id)
    store.close()
    store = Store(tmp_path)
    jobs = PrintJobs(store)
    armed, doubtful = jobs.armed_face(NOON), jobs.find(paper.id)
    assert armed and armed.id == card.id and armed.attempts == 1
    assert doubtful and (doubtful.state, doubtful.trouble) == ("failed", "in_doubt")
    assert jobs.due_receipt(NOON) is None
    store.close()


def test_a_receipt_is_made_once_for_each_purchase(store: Store) -> None:
    jobs = PrintJobs(store)
    first, second = (jobs.add_receipt(receipt(), "mem_1", "pur_1", NOON) for _ in range(2))
    assert first.id == second.id


def test_a_job_that_was_dropped_stays_dropped(store: Store) -> None:
    jobs = PrintJobs(store)
    job = jobs.add_face(member(), face(), "p1", NOON)
    assert job
    jobs.begin(job.id)
    assert jobs.drop(job.id)
    jobs.failed(job.id, "card_jam", "A card is stuck.", NOON)
    found = jobs.find(job.id)
    assert found and found.state == "given_up"
    assert jobs.unfinished() == []
    assert not jobs.drop(job.id)


def test_a_slip_for_which_points_are_held_is_not_buried_under_receipts(store: Store) -> None:
    jobs = PrintJobs(store)
    offer = RewardOffer("Coffee", Decimal(100), "points", "1 coffee", "product")
    Redemptions(store).save(Redemption("hold-1", "mem_1", offer, NOON, state=SOLD, handed=True))
    slip = jobs.add_receipt(receipt("hold-1"), "mem_1", "hold-1", NOON)
    for number in range(25):
        jobs.add_receipt(receipt(f"p{number}"), "mem_1", f"p{number}", LATER + timedelta(seconds=number))
    found = jobs.unfinished()
    assert (found[0].id, found[1].purchase, len(found)) == (slip.id, "p24", 20)
