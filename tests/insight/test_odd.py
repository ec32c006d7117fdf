"""What looks odd, told as one week of a shop in which each rule is broken once and kept once."""

from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout.adjust_points import PointsWish, adjust_points
from loyalty.checkout.claim_purchase import claim_purchase
from loyalty.checkout.enrol import enrol
from loyalty.checkout.move_purchase import move_purchase
from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.claim import token_of
from loyalty.contract.commands import MovePurchase, RecordPurchase
from loyalty.db.session import read, write
from loyalty.db.shop_settings import put
from loyalty.insight.odd_kept import finding, listed, look_for_odd, open_by_rule, reopen, settle
from loyalty.insight.odd_rules import SETTING, set_rules, settings_of, shown_settings
from loyalty.members.enrolment import NewMember
from loyalty.members.watch_tables import staff_members
from tests.databases import engine, sqlite_engine
from tests.shop import Shop, open_shop

__all__ = ["engine", "sqlite_engine"]

CODES = ("7K3M-9QX2-H4TD-0WRB", "7K3M-9QX2-H4TD-0WRC", "7K3M-9QX2-H4TD-0WRD")


def member(shop: Shop, name: str) -> str:
    with write(shop.engine) as session:
        return enrol(session, NewMember(name), shop.clock(), shop.conventions).id


def sell(shop: Shop, id: str, who: str, store: str = "TST", after: int = 90, **more: str) -> None:
    """`after`: minutes since the sale before."""
    shop.clock.forward(timedelta(minutes=after))
    token = token_of(who) if who in CODES else None
    command = RecordPurchase(id, "till-1", 1, shop.clock(), member=None if token else who, token=token,
                             amount=Decimal(100), store=store, **more)  # fmt: skip
    with write(shop.engine) as session:
        record_purchase(session, command, shop.clock(), shop.conventions)


def week(engine: Engine) -> tuple[Shop, dict[str, str]]:
    """Limits are small, so that few sales tell it."""
    shop = open_shop(engine)
    who = {name: member(shop, name) for name in ("often", "seldom", "roamer", "cashier", "claimer", "returner")}
    with write(engine) as session:
        put(session, SETTING, {"often_hour": {"sales": 3}, "often_day": {"sales": 4}, "receipts": {"receipts": 1},
                               "by_hand": {"points": 60}, "returns": {"sales": 1}, "near": [["MK", "YMT"]]},
            shop.clock())  # fmt: skip
        row = {"staff": "kim", "member_id": who["cashier"], "made_by": "x", "made_at": shop.clock()}
        session.execute(sa.insert(staff_members), [row])
    for number, after in enumerate((0, 20, 20, 15, 80)):
        sell(shop, f"o{number}", who["often"], after=after)
    sell(shop, "q0", who["seldom"])
    sell(shop, "q1", who["seldom"])
    for id, store, after in (("f0", "MK", 90), ("f1", "YMT", 5), ("f2", "TST", 5), ("f3", "MK", 60)):
        sell(shop, id, who["roamer"], store, after)
    sell(shop, "k0", who["cashier"], staff="kim")
    sell(shop, "k1", who["cashier"], staff="lee")
    sold = RecordPurchase("q1", "till-1", 1, shop.clock(), member=who["cashier"], amount=Decimal(100), store="TST")
    moved = MovePurchase("k2", "till-1", 2, shop.clock(), "q1", sold, "wrong card", staff="kim")
    with write(engine) as session:
        move_purchase(session, moved, shop.clock(), shop.conventions)
    return shop, who


def later_in_the_week(shop: Shop, who: dict[str, str]) -> None:
    for number, code in enumerate(CODES):
        sell(shop, f"c{number}", code, after=1)
    for code, hours in ((CODES[0], 1), (CODES[1], 40), (CODES[2], 0)):
        shop.clock.forward(timedelta(hours=hours))
        with write(shop.engine) as session:
            claim_purchase(session, code, who["claimer"], shop.clock(), 7)
    with write(shop.engine) as session:
        for id, points, staff in (("a", 50, "ann@x"), ("b", -20, "ann@x"), ("c", 60, "bob@x")):
            wish = PointsWish(f"ptr_{id}", who["seldom"], "points", Decimal(points), "gift")
            adjust_points(session, wish, staff, 1_000, shop.clock())
    shop.perform("credit", id="rich", member=who["returner"], wallet="points", points=2000, reason="gift")
    for number in range(2):
        shop.clock.forward(timedelta(hours=2))
        use = [{"reward": "$50 off"}]
        shop.perform("purchase", id=f"r{number}", member=who["returner"], amount=100, store="TST", redeem=use)
        shop.perform("return", id=f"b{number}", of=f"r{number}", all=True)


def test_each_rule_finds_what_broke_it_and_nothing_else(engine: Engine) -> None:
    shop, who = week(engine)
    later_in_the_week(shop, who)
    assert look_for_odd(engine, shop.clock()) == 9
    with read(engine) as session:
        found = {(row.rule, tuple(row.facts.get("sales", ()))): row for row in listed(session)}
        names = {id: name for name, id in who.items()}
        told = {(rule, sales, names.get(row.member_id, ""), row.staff) for (rule, sales), row in found.items()}
    assert told == {
        ("often_hour", ("o0", "o1", "o2", "o3"), "often", ""),
        ("often_day", ("o0", "o1", "o2", "o3", "o4"), "often", ""),
        ("two_stores", ("f1", "f2"), "roamer", ""),  # from MK to YMT is next door
        ("own_card", ("k0", "k2"), "cashier", "kim"),  # k1: somebody else stood there
        ("late", ("c1",), "claimer", ""),
        ("late", ("c2",), "claimer", ""),
        ("receipts", ("c1", "c2"), "claimer", ""),
        ("by_hand", (), "seldom", "ann@x"),
        ("returns", ("r0", "r1"), "returner", ""),
    }
    hand = found["by_hand", ()]
    assert (hand.facts["points"], hand.facts["count"], hand.facts["limit"]) == ("70", 2, 60)


def test_what_was_settled_stays_settled_and_what_is_open_is_brought_up_to_date(sqlite_engine: Engine) -> None:
    shop, who = week(sqlite_engine)
    with write(sqlite_engine) as session:  # kim's card was named wrongly
        session.execute(sa.update(staff_members).values(member_id=who["seldom"]))
    look_for_odd(sqlite_engine, shop.clock())
    with write(sqlite_engine) as session:
        (often,) = listed(session, "often_day")
        (hour,) = listed(session, "often_hour")
        assert settle(session, hour.id, "sue@x", "  a party ", shop.clock()).note == "a party"
    shop.clock.set(often.at)
    sell(shop, "o5", who["often"], after=1)
    assert look_for_odd(sqlite_engine, shop.clock()) == 0
    with write(sqlite_engine) as session:
        assert finding(session, often.id).facts["count"] == 6
        assert open_by_rule(session).keys().isdisjoint({"often_hour", "own_card"})
        assert [row.note for row in listed(session, settled=True)] == ["a party"]
        reopen(session, hour.id)
        assert open_by_rule(session)["often_hour"] == 1
        typed = shown_settings(session) | {"often_day.on": "", "late.hours": "5", "near": "TST, MK\nlone"}
        set_rules(session, typed, shop.clock())
        settings = settings_of(session)
    assert "often_day" not in settings.limits and settings.limits["late"] == {"hours": 5}
    assert not settings.far_apart("MK", "TST") and settings.far_apart("MK", "YMT")
