"""The reports that ask for a second look, against a day that is told sale by sale."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from loyalty.checkout.adjust_points import PointsWish, adjust_points, decide
from loyalty.checkout.enrol import enrol
from loyalty.db.fleet_tables import counter_reports, device_events, device_wear, fleet_devices
from loyalty.db.session import read, write
from loyalty.insight.standard import read_report
from loyalty.members.card_tables import card_reports
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, get_member
from loyalty.members.tables import Card
from tests.databases import sqlite_engine
from tests.shop import Shop, shop

__all__ = ["shop", "sqlite_engine"]


def rows(shop: Shop, name: str, first: date | None = None, last: date | None = None) -> list[tuple[object, ...]]:
    with read(shop.engine) as session:
        return list(read_report(session, name, shop.clock(), first, last).rows)


def member(shop: Shop, name: str) -> str:
    with write(shop.engine) as session:
        return enrol(session, NewMember(name), shop.clock(), Conventions()).id


def test_a_card_used_three_times_a_day_is_shown_and_twice_is_not(shop: Shop) -> None:
    often, seldom = member(shop, "Often"), member(shop, "Seldom")
    for number, (who, store) in enumerate([(often, "TST"), (often, "MK"), (seldom, "MK"), (often, "TST")]):
        shop.clock.forward(timedelta(minutes=5))
        shop.perform("purchase", id=f"s{number}", member=who, amount=100, store=store)
    shop.perform("purchase", id="s9", member=seldom, amount=100, store="MK")
    shop.perform("purchase", id="s10", member=seldom, amount=100, store="MK")
    shop.perform("return", id="r10", of="s10", all=True)  # two are left
    (line,) = rows(shop, "frequent")
    assert line[1:] == (3, 2, Decimal(300))
    yesterday = shop.clock().date() - timedelta(days=2)
    assert rows(shop, "frequent", yesterday, yesterday) == []


def test_points_by_hand_are_counted_for_who_asked(shop: Shop) -> None:
    who, now = member(shop, "Chan"), shop.clock()
    with write(shop.engine) as session:
        for id, points in (("a", 50), ("b", 20), ("c", -30), ("d", 5_000), ("e", 6_000)):
            adjust_points(session, PointsWish(f"ptr_{id}", who, "points", Decimal(points), "gift"), "ann@x", 1_000, now)
        decide(session, "ptr_e", "bob@x", False, now)
    assert rows(shop, "by-hand") == [("ann@x", "points", 3, Decimal(70), Decimal(30), 1, 1)]


def test_what_counters_did_to_cards_is_counted_by_kind(shop: Shop) -> None:
    now = shop.clock()
    told = [("c1", "printed", "ok"), ("c1", "read", "copied"), ("c1", "read", "ok"), ("c2", "written", "bent")]
    with write(shop.engine) as session:
        card = session.scalar(sa.select(Card.id).where(Card.member_id == shop.ann))
        session.execute(
            sa.insert(card_reports),
            [
                {"id": str(n), "card_id": card, "counter": counter, "kind": kind, "occurred_at": now,
                 "recorded_at": now, "body": {}, "verdict": verdict}
                for n, (counter, kind, verdict) in enumerate(told)
            ],
        )  # fmt: skip
    assert rows(shop, "cards") == [("c1", 1, 0, 2, 1), ("c2", 0, 1, 0, 1)]


def test_devices_that_stood_still_with_their_hours_and_commonest_cause(shop: Shop) -> None:
    start = datetime.combine(shop.clock().date(), time(), ZoneInfo("Asia/Hong_Kong")).astimezone(UTC)

    def hour(after: float) -> datetime:
        return start + timedelta(hours=after)

    day = shop.clock().date()
    told = [
        ("printer", -2, "fault", "card_jam"), ("printer", 1, "ready", ""), ("printer", 3, "needs_person", "no_card"),
        ("printer", 4, "fault", "card_jam"), ("printer", 4.5, "fault", "cover_open"), ("printer", 6, "ready", ""),
        ("reader", 5, "offline", "unplugged"), ("gone", -50, "fault", "card_jam"), ("gone", -40, "ready", ""),
    ]  # fmt: skip
    row = {"role": "x", "profile": "p", "vendor": "v", "firmware": "1", "cause": "", "advice": "", "simulated": False,
           "figures": {}, "counter": "till-1", "since": start, "heard_at": hour(8)}  # fmt: skip
    with write(shop.engine) as session:
        session.execute(sa.insert(counter_reports), [{"counter": "till-1", "heard_at": start, "version": "1",
                                                      "waiting": 0}])  # fmt: skip
        session.execute(sa.insert(fleet_devices), [
            row | {"device": "printer", "model": "TCP300", "health": "ready"},
            row | {"device": "reader", "model": "", "health": "offline"}])  # fmt: skip
        session.execute(sa.insert(device_events), [
            {"counter": "till-1", "device": name, "at": hour(at), "health": health, "cause": cause, "advice": ""}
            for name, at, health, cause in told])  # fmt: skip
        session.execute(sa.insert(device_wear), [
            {"counter": "till-1", "device": "printer", "day": day - timedelta(days=back), "figures": {"prints": prints}}
            for back, prints in ((40, 900), (30, 940), (2, 1000), (1, 5), (0, 47))])  # fmt: skip
    assert rows(shop, "wear") == [("till-1 · printer · prints", "TCP300", 60 + 5 + 42, 47, 2, 53)]
    assert rows(shop, "wear", day, day)[0][2:5] == (42, 47, 1)
    assert rows(shop, "stops")[-3:] == [
        ((day - timedelta(days=2)).isoformat(), 0, 0, "–"),
        ((day - timedelta(days=1)).isoformat(), 1, 1, "till-1 · printer"),
        (day.isoformat(), 2, 2, "till-1 · printer"),
    ]
    assert rows(shop, "devices", day, day) == [
        ("till-1 · printer", "TCP300", 1, Decimal("3.0"), "card_jam", "ready"),
        ("till-1 · reader", "–", 1, Decimal("3.0"), "unplugged", "offline"),
    ]


def test_who_brings_new_members_and_what_they_bought(shop: Shop) -> None:
    often, seldom = member(shop, "Often"), member(shop, "Seldom")
    with write(shop.engine) as session:
        new = [enrol(session, NewMember(f"New {n}"), shop.clock(), Conventions(), brought_by=by).id
               for n, by in enumerate((often, often, seldom))]  # fmt: skip
        numbers = [get_member(session, id).number for id in (often, seldom)]
    shop.perform("purchase", id="n1", member=new[0], amount=100)
    shop.perform("purchase", id="n2", member=new[0], amount=50)
    assert rows(shop, "friends") == [(numbers[0], 2, 1, 1, Decimal(150)), (numbers[1], 1, 0, 1, Decimal(0))]
    yesterday = shop.clock().date() - timedelta(days=2)
    assert rows(shop, "friends", yesterday, yesterday) == []
