"""Segments: every fact chosen a second time in plain Python over the rows, lives of segments, and bad rules."""

from collections.abc import Iterator
from datetime import timedelta
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
from loyalty.members.referral_tables import referrals
from loyalty.members.tables import Member
from tests.campaigns.segment_cases import CASES, Rows, spent
from tests.web.harbour import NOW, copied, fill


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
        told = {"how": "office", "why": "", "staff": None}
        came = [(0, "known", 1), (0, "thanked", 2), (1, "waiting", 1), (1, "known", 90), (2, "known", 1),
                (2, "refused", 1)]  # fmt: skip
        session.execute(
            sa.insert(referrals),
            [{"member_id": ids[n + 5], "brought_by": ids[by], "status": what, "recorded_at": NOW - timedelta(ago),
              **told}
             for n, (by, what, ago) in enumerate(came)],
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
