"""Jobs that make many cards, as the pages show them: which there are, how far one is, for whom one may be started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.issue_many import MOST
from loyalty.checkout.tables import counters
from loyalty.errors import Invalid, NotFound
from loyalty.members.card_tables import issue_cards, issue_jobs
from loyalty.members.cards import USABLE
from loyalty.members.tables import Card, Member
from loyalty.web.api.tables import counter_enrolments
from loyalty.web.texts import _

MOST_JOBS, MOST_SPOILT = 100, 50
PRESETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "chip": ("card_uid", ("face", "chip")),
    "stripe": ("magstripe", ("stripe", "face")),
    "both": ("card_uid", ("stripe", "face", "chip")),
    "code": ("barcode", ("face",)),
}
"""What is made: the kind of card, and the steps of each."""


@dataclass(frozen=True)
class Spoilt:
    member: str
    name: str
    why: str


@dataclass(frozen=True)
class Job:
    """status: running, paused, done, cancelled. at_step: what the card in hand waits for, None when there is none."""

    id: str
    name: str
    counter: str
    steps: tuple[str, ...]
    status: str
    made_at: datetime
    staff: str | None
    cards: int
    done: int
    failed: int
    at_step: str | None = None
    for_whom: str = ""
    spoilt: tuple[Spoilt, ...] = ()

    @property
    def open(self) -> bool:
        return self.status in ("running", "paused")


def read_jobs(session: Session) -> list[Job]:
    """The latest first."""
    job = issue_jobs.c
    rows = session.execute(sa.select(issue_jobs).order_by(job.made_at.desc(), job.id.desc()).limit(MOST_JOBS)).all()
    numbers = _numbers(session, [row.id for row in rows])
    return [_job(row, numbers.get(row.id, {})) for row in rows]


def read_job(session: Session, id: str) -> Job:
    """NotFound when there is none."""
    row = session.execute(sa.select(issue_jobs).where(issue_jobs.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {id[:60]!r}; look at the list again.")
    card = issue_cards.c
    hand = session.execute(
        sa.select(card.done, Member.name)
        .join(Member, Member.id == card.member_id)
        .where(card.job_id == id, card.status == "working")
        .limit(1)
    ).first()
    bad = session.execute(
        sa.select(card.member_id, Member.name, card.trouble)
        .join(Member, Member.id == card.member_id)
        .where(card.job_id == id, card.status == "failed")
        .order_by(card.place)
        .limit(MOST_SPOILT)
    )
    step = next((each for each in row.steps if each not in hand.done), None) if hand else None
    spoilt = tuple(Spoilt(member, name, why or "") for member, name, why in bad)
    return _job(row, _numbers(session, [id]).get(id, {}), step, hand.name if hand else "", spoilt)


def _job(
    row: sa.Row[Any], numbers: Mapping[str, int], step: str | None = None, whom: str = "",
    spoilt: tuple[Spoilt, ...] = (),
) -> Job:  # fmt: skip
    return Job(
        row.id, row.name, row.counter, tuple(row.steps), row.status, row.made_at, row.staff, sum(numbers.values()),
        numbers.get("done", 0), numbers.get("failed", 0), step, whom, spoilt,
    )  # fmt: skip


def _numbers(session: Session, jobs: Sequence[str]) -> dict[str, dict[str, int]]:
    card = issue_cards.c
    found: dict[str, dict[str, int]] = {}
    counted = sa.select(card.job_id, card.status, sa.func.count()).group_by(card.job_id, card.status)
    for job, status, number in session.execute(counted.where(card.job_id.in_(jobs))):
        found.setdefault(job, {})[status] = int(number)
    return found


def known_counters(session: Session) -> list[str]:
    """Names of counters that sold something or were enrolled, in their order."""
    sold = sa.select(counters.c.id)
    return sorted(session.scalars(sold.union(sa.select(counter_enrolments.c.counter)).limit(500)))


def members_by_number(session: Session, numbers: Sequence[str]) -> list[str]:
    """Ids in the order given, each once. Invalid naming the first number that nobody has."""
    wanted = list(dict.fromkeys(numbers))[: MOST + 1]
    if not wanted:
        raise Invalid("Name the members: one number on each line.", pointer="/numbers")
    known: dict[str, str] = {}
    for at in range(0, len(wanted), 500):
        part = wanted[at : at + 500]
        known |= {number: id for id, number in session.execute(_numbered.where(Member.number.in_(part)))}
    missing = next((number for number in wanted if number not in known), None)
    if missing is not None:
        raise Invalid(f"Nobody has the number {missing[:40]}; mend it or take it out.", pointer="/numbers")
    return [known[number] for number in wanted]


_numbered = sa.select(Member.id, Member.number)


def members_without_card(session: Session) -> list[str]:
    """Active members who have no card that works, by their number; at most MOST."""
    usable = sa.select(Card.id).where(Card.member_id == Member.id, Card.status.in_(USABLE)).exists()
    found = sa.select(Member.id).where(Member.status == "active", ~usable).order_by(Member.number).limit(MOST)
    return list(session.scalars(found))


def preset_words() -> Mapping[str, str]:
    """What can be made."""
    return {
        "chip": _("Chip card with a face"),
        "stripe": _("Stripe card with a face"),
        "both": _("Chip card with stripe and face"),
        "code": _("Card with a printed code"),
    }


def step_words(step: str | None) -> str:
    """What the card in hand waits for."""
    return {
        "stripe": _("its stripe is written"),
        "face": _("its face is printed"),
        "chip": _("its chip is read"),
    }.get(step or "", _("the counter tells of it"))


def status_words(status: str) -> str:
    """How a job is."""
    return {
        "running": _("In work"),
        "paused": _("Resting"),
        "done": _("Finished"),
        "cancelled": _("Cancelled"),
    }.get(status, status)
