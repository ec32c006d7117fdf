"""The form of a segment: rows of conditions as they are typed, read into rules; and what the pages show of segments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from loyalty.campaigns.segments import Segment, all_segments, count, members_query
from loyalty.campaigns.segments_rules import MOST_RULES, SHAPES, Rule, Rules, read_rules
from loyalty.errors import Invalid
from loyalty.insight.analysis import part
from loyalty.insight.relationships import relationship
from loyalty.members.value_tables import member_values
from loyalty.web.backoffice.segments_words import CLOSED, FACTS
from loyalty.web.shop import Shop
from loyalty.web.texts import _

FIRST = "purchases"
LONGEST_NAME, LONGEST_NOTE = 60, 400


@dataclass(frozen=True)
class Row:
    """One condition as it stands in the form."""

    fact: str = FIRST
    word: str = "at_least"
    value: str = ""
    ticked: tuple[str, ...] = ()
    days: str = ""
    of: str = ""

    @property
    def shape(self) -> Any:
        return SHAPES[self.fact]

    @property
    def is_blank(self) -> bool:
        """Nothing was said yet to compare with."""
        return not (self.value.strip() or self.ticked)

    @property
    def is_closed(self) -> bool:
        return self.fact in CLOSED

    def as_document(self) -> dict[str, Any]:
        value: Any = self.value
        if self.shape.unit == "text":
            value = list(self.ticked) if self.is_closed else self.value.replace("，", ",").replace("、", ",").split(",")
        found: dict[str, Any] = {"fact": self.fact, "is": self.word, "value": value}
        if self.days.strip() and self.shape.windowed:
            found["days"] = int(self.days) if self.days.strip().isdecimal() and len(self.days) < 9 else self.days
        if self.of and self.shape.of:
            found["of"] = self.of
        return found


@dataclass(frozen=True)
class Draft:
    """The form: `every` for all conditions, else one is enough."""

    name: str = ""
    note: str = ""
    every: bool = True
    rows: tuple[Row, ...] = (Row(),)

    def rules(self) -> Rules:
        """Invalid with the place of the faulty condition."""
        if len(self.name) > LONGEST_NAME:
            raise Invalid(_("Use at most %(most)s characters.", most=LONGEST_NAME), pointer="name")
        if len(self.note) > LONGEST_NOTE:
            raise Invalid(_("Use at most %(most)s characters.", most=LONGEST_NOTE), pointer="note")
        match = "all" if self.every else "any"
        return read_rules({"match": match, "rules": [row.as_document() for row in self.rows]})


def read_draft(form: MultiDict[str, str]) -> Draft:
    """The form as typed; a pressed `add` adds a row, `remove` takes one away."""
    many = form.get("rows", "1")
    number = min(int(many), MOST_RULES) if many.isdecimal() and len(many) < 4 else 1
    rows = [_row(form, place) for place in range(number)]
    gone = form.get("remove", "")
    if gone.isdecimal() and int(gone) < len(rows):
        del rows[int(gone)]
    if form.get("add") and len(rows) < MOST_RULES:
        rows.append(Row())
    name, note = (form.get(key, "").replace("\x00", "") for key in ("name", "note"))
    return Draft(name[:6_000].strip(), note[:6_000].strip(), form.get("match", "all") != "any", tuple(rows))


def _row(form: MultiDict[str, str], place: int) -> Row:
    fact = form.get(f"fact-{place}", FIRST)
    row = Row(fact if fact in FACTS else FIRST)
    word = form.get(f"word-{place}", "")
    texts = {name: form.get(f"{name}-{place}", "").replace("\x00", "")[:400] for name in ("value", "days", "of")}
    ticked = tuple(value[:200] for value in form.getlist(f"ticked-{place}"))
    return replace(row, word=word if word in row.shape.words else row.shape.words[0], ticked=ticked, **texts)


def draft_of(segment: Segment) -> Draft:
    return Draft(segment.name, segment.note, segment.rules.every, tuple(_typed(rule) for rule in segment.rules.rules))


def _typed(rule: Rule) -> Row:
    days = "" if rule.days is None else str(rule.days)
    if rule.shape.unit != "text":
        return Row(rule.fact, rule.word, f"{rule.number:f}", (), days, rule.of)
    if rule.fact in CLOSED:
        return Row(rule.fact, rule.word, "", rule.values, days, rule.of)
    return Row(rule.fact, rule.word, ", ".join(rule.values), (), days, rule.of)


@dataclass(frozen=True)
class Listed:
    """A segment in the list. share: of all valued members, in percent; year: their sales in 365 days; bond: the
    relationship proposed; fault: why it cannot be counted.
    """

    segment: Segment
    members: int = 0
    year: int = 0
    bond: str = ""
    fault: str = ""


def listed_segments(session: Session, shop: Shop) -> list[Listed]:
    everybody, money = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(member_values.c.spent_year), 0))
    ).one()
    return [_listed(session, shop, each, int(everybody), int(money)) for each in all_segments(session)]


def _listed(session: Session, shop: Shop, each: Segment, everybody: int, money: int) -> Listed:
    try:
        chosen = members_query(session, each.id, shop.now)
    except Invalid as fault:  # it names a segment that is gone
        return Listed(each, fault=str(fault))
    inside = chosen.subquery()
    value = member_values.c
    joined = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(value.spent_year), 0))
    buyers, year = session.execute(joined.join_from(inside, member_values, value.member_id == inside.c.id)).one()
    buyers, year = int(buyers), int(year)
    ratio = Fraction(year * everybody, buyers * money) if buyers and money > 0 else Fraction(0)
    bond = relationship(part(buyers, everybody), ratio) if buyers else ""
    return Listed(each, count(session, chosen), year, bond)


def sizes(listed: Sequence[Listed]) -> int:
    """The largest number of members in a row, at least 1."""
    return max([1, *(each.members for each in listed)])
