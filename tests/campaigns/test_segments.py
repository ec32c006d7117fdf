"""Segments: every fact chosen a second time in plain Python over the rows, lives of segments, and bad rules."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.campaigns import segments_keep as keep
from loyalty.campaigns.segments import all_segments, chosen, explain, is_member, members_of
from loyalty.campaigns.segments_rules import SHAPES, Rules, read_rules
from loyalty.db.session import open_engine, read, write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.insight.values import refresh_values
from loyalty.members.record_tables import member_consents, member_tags
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.tables import accounts, bookings, standings
from loyalty.points.tables_sale import purchase_lines, purchase_states, purchases, rule_uses
from tests.web.harbour import NOW, copied, fill

ZONE = zone_of("Asia/Hong_Kong")
TODAY = day_of(NOW, ZONE)


def described(engine: Engine) -> Engine:
    """Values of all members, some tags and consents."""
    refresh_values(engine, NOW)
    with write(engine) as session:
        ids = sorted(session.scalars(sa.select(Member.id).order_by(Member.number)))
        session.execute(sa.insert(member_tags), [{"tag": "staff", "member_id": id} for id in ids[:4]])
        said = {"purpose": "marketing", "channel": "counter", "text_version": "1", "how": "", "staff": None, "at": NOW}
        session.execute(
            sa.insert(member_consents),
            [{"id": f"con_{turn}_{id}", "member_id": id, "given": turn == 0 or n % 2 == 0, **said}
             for turn in (0, 1) for n, id in enumerate(ids[:8])],
        )  # fmt: skip
        session.execute(sa.update(Member).where(Member.id == ids[-1]).values(status="closed"))
    return engine


@pytest.fixture(scope="module")
def engine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Read by all tests; what a test writes it takes back."""
    folder = tmp_path_factory.mktemp("harbour")
    copied(shared, folder)
    made = described(open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}"))
    yield made
    made.dispose()


class Rows:
    """The shop's rows as plain lists; figures of one member from them."""

    def __init__(self, session: Session) -> None:
        self.members = {each.id: each for each in session.scalars(sa.select(Member)) if each.status == "active"}
        self.names = {each.id: each.name for each in self.members.values()}
        store = {row.id: row.store for row in session.execute(sa.select(purchases))}
        lines = defaultdict(list)
        for line in session.execute(sa.select(purchase_lines)):
            lines[line.purchase].append((line.category, line.amount))
        self.sales: dict[str, list[tuple[date, int, str | None, list[tuple[str, int]]]]] = defaultdict(list)
        for row in session.execute(sa.select(purchase_states)):
            if row.counts:
                self.sales[row.member].append((row.day, row.net, store[row.purchase], lines[row.purchase]))
        self.tables = {
            table.name: list(session.execute(sa.select(table)))
            for table in (standings, accounts, bookings, rule_uses, member_tags, member_consents, member_values)
        }

    def since(self, id: str, days: int | None = None) -> list[Any]:
        first = date.min if days is None else TODAY - timedelta(days=days - 1)
        return [sale for sale in self.sales[id] if sale[0] >= first]

    def of(self, table: str, id: str) -> list[Any]:
        return [row for row in self.tables[table] if id in (row._mapping.get("member"), row._mapping.get("member_id"))]

    def value(self, id: str) -> Any:
        return next(iter(self.of("member_values", id)), None)


def consented(rows: Rows, id: str) -> bool:
    said = sorted(rows.of("member_consents", id), key=lambda row: row.id)
    return bool(said) and said[-1].given


def spent(rows: Rows, id: str, days: int | None = None) -> int:
    return sum(sale[1] for sale in rows.since(id, days))


def born(rows: Rows, id: str) -> date:
    found = rows.members[id].birthday
    assert found is not None
    return found


Fits = Callable[[Rows, str], bool]
CASES: dict[str, tuple[dict[str, Any], Fits]] = {
    "language": ({"value": ["zh-Hant"]}, lambda r, id: r.members[id].language == "zh-Hant"),
    "level": ({"value": ["Gold", "Silver"]}, lambda r, id: r.of("standings", id)[0].tier in ("Gold", "Silver")),
    "tag": ({"value": "staff"}, lambda r, id: bool(r.of("member_tags", id))),
    "consent": ({"value": "marketing"}, consented),
    "birthday_month": ({"value": ["3", "11"]}, lambda r, id: born(r, id).month in (3, 11)),
    "age": ({"value": 40}, lambda r, id: (TODAY.replace(year=TODAY.year - 40)) >= born(r, id)),
    "joined_days": (
        {"value": 180, "is": "at_most"},
        lambda r, id: (TODAY - day_of(r.members[id].joined_at, ZONE)).days <= 180,
    ),
    "points": ({"value": 100}, lambda r, id: sum(
        row.active - row.deficit for row in r.of("accounts", id) if row.wallet == "points") >= 100),
    "purchases": ({"value": 5, "days": 60}, lambda r, id: len(r.since(id, 60)) >= 5),
    "spend": ({"value": "500.50", "days": 30}, lambda r, id: spent(r, id, 30) >= 50050),
    "average": ({"value": 250}, lambda r, id: bool(r.since(id)) and spent(r, id) / len(r.since(id)) >= 25000),
    "last_days": ({"value": 14, "is": "at_most"}, lambda r, id: any((TODAY - s[0]).days <= 14 for s in r.since(id))),
    "store": ({"value": "Central", "days": 20}, lambda r, id: any(s[2] == "Central" for s in r.since(id, 20))),
    "channel": ({"value": "online"}, lambda r, id: False),
    "category": ({"value": "tea", "days": 25}, lambda r, id: any(
        line[0] == "tea" for s in r.since(id, 25) for line in s[3])),
    "store_purchases": ({"value": 3, "of": "Central"}, lambda r, id: sum(s[2] == "Central" for s in r.since(id)) >= 3),
    "category_spend": ({"value": 200, "of": "coffee", "days": 90}, lambda r, id: sum(
        line[1] for s in r.since(id, 90) for line in s[3] if line[0] == "coffee") >= 20000),
    "rewards": ({"value": 1, "days": 7}, lambda r, id: any(row.verb == "redeem" for row in r.of("bookings", id))),
    "rule": ({"value": "weekend", "days": 40}, lambda r, id: any(
        row.name == "weekend" and not row.undone and (TODAY - row.day).days < 40 for row in r.of("rule_uses", id))),
    "recency_score": ({"value": 4}, lambda r, id: bool(r.value(id)) and r.value(id).recency_score >= 4),
    "frequency_score": ({"value": 2, "is": "at_most"}, lambda r, id: bool(r.value(id)) and (
        r.value(id).frequency_score <= 2)),
    "money_score": ({"value": 5}, lambda r, id: bool(r.value(id)) and r.value(id).money_score >= 5),
    "cell": ({"value": ["4-*-5", "5-*-5"]}, lambda r, id: bool(r.value(id)) and (
        r.value(id).recency_score >= 4 and r.value(id).money_score == 5)),
    "top_percent": ({"value": 20, "is": "at_most"}, lambda r, id: bool(r.value(id)) and r.value(id).rank_share <= 200),
    "sales_percent": ({"value": 50, "is": "at_most"}, lambda r, id: bool(r.value(id)) and (
        r.value(id).money_share < 500)),
    "pyramid": ({"value": ["top", "big"]}, lambda r, id: bool(r.value(id)) and r.value(id).pyramid in ("top", "big")),
    "alive": ({"value": 80, "is": "at_most"}, lambda r, id: bool(r.value(id)) and r.value(id).alive <= 800),
    "next_year": ({"value": 9000}, lambda r, id: bool(r.value(id)) and r.value(id).next_year >= 900000),
    "lifetime": ({"value": 8000}, lambda r, id: bool(r.value(id)) and r.value(id).lifetime >= 800000),
}  # fmt: skip


def one(fact: str, **rest: Any) -> Rules:
    return read_rules({"rules": [{"fact": fact, **rest}]})


def ids_of(session: Session, rules: Rules) -> set[str]:
    return set(session.scalars(chosen(session, rules, NOW)))


def check_every_fact(engine: Engine) -> None:
    trivial = []
    with read(engine) as session:
        rows = Rows(session)
        for fact, (rest, fits) in CASES.items():
            expected = {id for id in rows.members if fits(rows, id)}
            assert ids_of(session, one(fact, **rest)) == expected, fact
            trivial += [] if 0 < len(expected) < len(rows.members) else [fact]
            opposite = {"is": "is_not"} if SHAPES[fact].unit == "text" else {}
            if opposite:
                assert ids_of(session, one(fact, **rest, **opposite)) == set(rows.members) - expected, fact
    assert trivial == ["channel"]  # nobody buys online here


def test_every_fact_chooses_whom_plain_counting_chooses(engine: Engine) -> None:
    assert set(CASES) == set(SHAPES) - {"segment"}
    check_every_fact(engine)


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_chooses_the_same(ready_postgres: str) -> None:
    there = open_engine(ready_postgres)
    fill(there)
    check_every_fact(described(there))
    there.dispose()


def test_all_or_any_and_one_inside_another(engine: Engine) -> None:
    with write(engine) as session:
        coffee = read_rules({"rules": [{"fact": "category", "value": "coffee", "days": 60}]})
        made = keep.make_segment(session, "Coffee friends", coffee, "me", NOW)
        best = one("top_percent", **{"is": "at_most", "value": 30})
        inside = one("segment", value="Coffee friends")
        together = Rules((*best.rules, *inside.rules))
        either = Rules((*best.rules, *inside.rules), every=False)
        drinkers, top = set(members_of(session, made.id, NOW)), ids_of(session, best)
        assert ids_of(session, together) == drinkers & top != drinkers
        assert ids_of(session, either) == drinkers | top
        assert is_member(session, made.id, min(drinkers), NOW)
        renamed = keep.change_segment(session, made.id, 1, "Coffee people", coffee, NOW)
        with pytest.raises(Invalid, match="no segment called 'Coffee friends'"):
            ids_of(session, inside)
        looped = one("segment", value="Coffee people")
        with pytest.raises(Invalid, match="name it again"):
            keep.change_segment(session, made.id, renamed.version, "Coffee people", looped, NOW)
        keep.drop_segment(session, made.id)


def test_a_fixed_one_keeps_its_members_until_it_is_loosened(engine: Engine) -> None:
    later = NOW + timedelta(days=60)
    with write(engine) as session:
        made = keep.make_segment(session, "Lately here", one("last_days", **{"is": "at_most", "value": 20}), "me", NOW)
        before = members_of(session, made.id, NOW)
        assert before and members_of(session, made.id, later) == []
        fixed = keep.fix_segment(session, made.id, NOW)
        assert fixed.kind == "static" and members_of(session, made.id, later) == before
        keep.loosen_segment(session, made.id, NOW)
        assert members_of(session, made.id, later) == []
        with pytest.raises(Conflict, match="already"):
            keep.make_segment(session, " Lately  here ", Rules(), "me", NOW)
        with pytest.raises(Conflict, match="Somebody else changed"):
            keep.change_segment(session, made.id, 1, "Lately here", Rules(), NOW)
        keep.make_segment(session, "On top", one("segment", value="Lately here"), "me", NOW)
        with pytest.raises(Conflict, match="'On top' names 'Lately here'"):
            keep.drop_segment(session, made.id)
        for each in reversed(all_segments(session)):
            keep.drop_segment(session, each.id)
        with pytest.raises(NotFound):
            members_of(session, made.id, NOW)


def test_it_says_why_somebody_is_in(engine: Engine) -> None:
    rules = read_rules({"match": "any", "rules": [
        {"fact": "spend", "value": 100, "days": 90}, {"fact": "language", "value": "en"},
        {"fact": "rewards", "value": 9},
    ]})  # fmt: skip
    with read(engine) as session:
        rows = Rows(session)
        member = next(id for id, name in rows.names.items() if name == "陳大文")
        spend, language, rewards = explain(session, rules, member, NOW)
    assert (spend.holds, spend.found) == (True, spent(rows, member, 90))
    assert not language.holds and (rewards.holds, rewards.found) == (False, 1)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"fact": "shoes", "value": 1}, "Condition 1: the fact must be one of language"),
        ({"fact": "spend", "value": "much"}, "write a number"),
        ({"fact": "spend", "value": "NaN"}, "write a number"),
        ({"fact": "spend", "is": "is", "value": 1}, "at_least or at_most"),
        ({"fact": "spend", "value": 1, "days": 0}, "from 1 to 3660"),
        ({"fact": "language", "value": "en", "days": 3}, "must be one that has a time"),
        ({"fact": "language", "value": " "}, "say which"),
        ({"fact": "category_spend", "value": 1}, "name the category"),
        ({"fact": "spend", "value": 1, "of": "tea"}, "no store or category"),
        ("spend", "the fact must be"),
    ],
)
def test_bad_rules_are_named_by_their_place(rule: Any, complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint):
        read_rules({"rules": [rule]})


def test_rules_come_back_as_they_went_in() -> None:
    document = {"match": "any", "rules": [
        {"fact": "spend", "is": "at_least", "value": "10.50", "days": 30},
        {"fact": "store_purchases", "is": "at_most", "value": "3", "of": "Central"},
        {"fact": "level", "is": "is_not", "value": ["Gold"]},
    ]}  # fmt: skip
    assert read_rules(document).as_document() == document
    for wrong in ([], {"match": "some"}, {"rules": {}}, {"more": 1}, {"rules": [{}] * 21}):
        with pytest.raises(Invalid):
            read_rules(wrong)
