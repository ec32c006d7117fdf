"""Many cards at once, from the back office: started for the right people, watched, paused, ended."""

import re

import pytest
import sqlalchemy as sa

from loyalty.checkout import issue_many
from loyalty.checkout.tables import counters
from loyalty.db import audit
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import get_member

JOB = {"name": "Staff cards", "preset": "stripe", "counter": "till-1", "whose": "numbers"}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def numbers(shop) -> str:
    with write(shop.engine) as session:
        row = {"id": "till-1", "last_seq": 1, "first_seen_at": shop.clock(), "last_seen_at": shop.clock()}
        session.execute(sa.insert(counters), [row])
    with read(shop.engine) as session:
        return "\n".join(get_member(session, id).number for id in list(shop.harbour.members.values())[:2])


def test_a_job_is_started_watched_paused_and_ended(staff, shop, numbers):
    person = staff("supervisor")
    person.get("/cards/jobs/new")
    started = person.post("/cards/jobs/new", **JOB, numbers=numbers)
    assert started.status_code == 303
    with write(shop.engine) as session:
        hand = issue_many.next_card(session, "till-1")
        issue_many.step_done(session, hand.job, 0, "stripe", shop.clock(), Conventions("luhn", "HK"), "71234567890123")
    page = words(person.get(started.location).text)
    assert "0 of 2 cards are made." in page and "its face is printed" in page
    assert 'hx-trigger="every 3s"' in person.part(started.location).text
    with write(shop.engine) as session:
        issue_many.step_done(session, hand.job, 0, "face", shop.clock(), Conventions("luhn", "HK"))
        issue_many.next_card(session, "till-1")
        issue_many.card_failed(session, hand.job, 1, "The card is bent.", shop.clock())
    assert "The card is bent." in words(person.get(started.location).text)
    assert person.post(f"{started.location}/retry").status_code == 303
    for verb, status in (("pause", "Resting"), ("resume", "In work"), ("cancel", "Cancelled")):
        person.post(f"{started.location}/{verb}")
        page = person.get(started.location).text
        assert status in words(page)
    assert "every 3s" not in page and "Staff cards" in person.get("/cards/jobs").text
    with read(shop.engine) as session:
        done = [entry.action for entry in audit.entries(session, action="card_job.")]
    assert done == [f"card_job.{verb}" for verb in ("cancel", "resume", "pause", "retry", "start")]


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": ""}, "name"), ({"preset": "gold"}, "preset"), ({"counter": "till-9"}, "counter"),
    ({"numbers": ""}, "numbers"), ({"numbers": "4711"}, "numbers"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_no_job_begins(admin, shop, numbers, changed, field):
    admin.get("/cards/jobs/new")
    answer = admin.post("/cards/jobs/new", **{**JOB, "numbers": numbers, **changed})
    assert answer.status_code == 422 and f'id="{field}-wrong"' in answer.text
    assert "Staff cards" not in admin.get("/cards/jobs").text


def test_who_has_no_card_gets_one(admin, shop, numbers):
    page = admin.get("/cards/jobs/new").text
    lacking = int(re.search(r"card that works \(([0-9,]+)\)", page).group(1).replace(",", ""))
    answer = admin.post("/cards/jobs/new", **JOB | {"whose": "cardless", "preset": "code"})
    if not lacking:
        assert answer.status_code == 422
        return
    assert f"0 of {lacking} cards are made." in words(admin.get(answer.location).text)


def test_a_cashier_may_look_and_not_start(staff, numbers):
    person = staff("cashier")
    assert person.get("/cards/jobs").status_code == 200
    assert person.get("/cards/jobs/new").status_code == 403
