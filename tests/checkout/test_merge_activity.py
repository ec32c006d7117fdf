"""Points that die without activity, when two records of one person become one and part again."""

from datetime import date, timedelta

from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.merge_members import undo_merge
from loyalty.db.session import read, write
from loyalty.members.enrolment import NewMember
from loyalty.points.lots import last_day_of
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from tests.checkout.test_merge_members import merged
from tests.shop import OPENED, PROGRAMME, Shop, open_shop


def test_points_kept_alive_after_a_merge_are_not_dead_at_once_when_the_two_part(sqlite_engine: Engine) -> None:
    programme = PROGRAMME.replace("{after: {months: 12}, round_up: month}", "{inactivity: {days: 10}}")
    shop = open_shop(sqlite_engine, programme)
    with write(shop.engine) as session:
        twin = enrol(session, NewMember("Chan Tai Man"), OPENED, shop.conventions, []).id
    shop.perform("purchase", id="p1", member=twin, amount=100)
    shop.clock.forward(timedelta(days=5))
    id = merged(shop, twin)
    assert dying(shop, shop.ann) == [date(2026, 3, 16)]  # merging is activity itself
    shop.clock.forward(timedelta(days=7))
    shop.perform("purchase", id="p2", member=shop.ann, amount=7)
    shop.clock.forward(timedelta(days=8))
    with write(shop.engine) as session:
        undo_merge(session, id, "sue@shop.example", shop.clock())
    assert (shop.balance(twin), shop.balance()) == (100, 7)
    assert dying(shop, twin) == dying(shop, shop.ann) == [date(2026, 3, 23)]
    assert shop.verify().ok
    shop.clock.forward(timedelta(days=4))
    with write(shop.engine) as session:
        Ledger(session).advance(shop.clock())
    assert (shop.balance(twin), shop.balance()) == (0, 0)
    assert shop.verify().ok


def dying(shop: Shop, member: str) -> list[date | None]:
    """The last days of what is left."""
    with read(shop.engine) as session:
        facts = SqlFacts(session)
        account = facts.account(member, "points")
        return [last_day_of(lot, account) for lot in facts.open_lots(member, "points") if lot.remaining]
