"""The demo's history is booked through the same use cases as at a counter: members, cards and a year of sales."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import islice
from typing import Any

from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.record_purchase import record_purchase
from loyalty.cli.demo.history import Basket
from loyalty.cli.demo.people import Person, invent_people
from loyalty.contract.commands import RecordPurchase
from loyalty.db.session import write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.points import yaml_core
from loyalty.points.sql_engine import Ledger

COUNTER = "history"
SALES_IN_ONE_COMMIT = 200
CONVENTIONS = Conventions(phone_region="US")


def book_history(engine: Engine, baskets: Sequence[Basket], progress: Callable[[int, int], bool]) -> None:
    """Programme, members and every sale, in order of time, each at its own moment.

    `progress` hears (sales done, sales in all) after each commit and may return False to stop.
    """
    opening = baskets[0].at - timedelta(days=1)
    with write(engine) as session:
        Ledger(session).put_programme(programme_document(), opening)
    members = _enrol_all(engine, baskets)
    done = 0
    for group in _groups(baskets, SALES_IN_ONE_COMMIT):
        with write(engine) as session:
            for basket in group:
                done += 1
                record_purchase(session, _sale(basket, members[basket.household], done), basket.at, CONVENTIONS)
        if not progress(done, len(baskets)):
            return


def programme_document() -> Any:
    """The demo's programme as it stands in programme.yaml."""
    return yaml_core.load((files("loyalty.cli.demo") / "programme.yaml").read_text("utf-8")).value


def people_of(baskets: Sequence[Basket]) -> list[Person]:
    """One person for each household, the largest spender first."""
    spent: dict[str, Any] = {}
    for basket in baskets:
        spent[basket.household] = spent.get(basket.household, 0) + basket.total
    return invent_people(sorted(spent, key=lambda household: (-spent[household], household)))


def _enrol_all(engine: Engine, baskets: Sequence[Basket]) -> dict[str, str]:
    """Household -> member id. People join an hour before their first purchase."""
    joined: dict[str, datetime] = {}
    for basket in baskets:
        joined.setdefault(basket.household, basket.at - timedelta(hours=1))
    members = {}
    with write(engine) as session:
        for person in sorted(people_of(baskets), key=lambda person: joined[person.household]):
            at = joined[person.household]
            new = NewMember(name=person.name, phone=person.phone, language=person.language, joined_at=at)
            member = enrol(session, new, at, CONVENTIONS, [("card_uid", person.uid)])
            members[person.household] = member.id
    return members


def _sale(basket: Basket, member: str, seq: int) -> RecordPurchase:
    return RecordPurchase(
        id=f"history-{basket.id}", counter=COUNTER, seq=seq, occurred_at=basket.at,
        member=member, lines=basket.lines, store=f"Shop {basket.store}", channel="store",
    )  # fmt: skip


def _groups(baskets: Sequence[Basket], size: int) -> Iterator[list[Basket]]:
    rest = iter(baskets)
    while group := list(islice(rest, size)):
        yield group
