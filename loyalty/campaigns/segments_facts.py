"""Each fact of a condition as SQL over a member's row: what numbers are compared with, where choices are looked up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.campaigns.segments_rules import Rule
from loyalty.members.record_tables import member_consents, member_tags
from loyalty.members.referral_tables import referrals
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values
from loyalty.points.calendar import start_of_day, zone_of
from loyalty.points.programme import Programme
from loyalty.points.tables import accounts, bookings, standings
from loyalty.points.tables_sale import purchase_lines, purchase_states, purchases, rule_uses

Truth = ColumnElement[bool]
Number = ColumnElement[Any]
_VALUES = {
    "recency_score": "recency_score", "frequency_score": "frequency_score", "money_score": "money_score",
    "top_percent": "rank_share", "sales_percent": "money_share", "alive": "alive",
    "next_year": "next_year", "lifetime": "lifetime",
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """What facts are looked at with: the programme in force and the moment."""

    programme: Programme
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(zone_of(self.programme.timezone)).date()

    def since(self, days: int | None) -> date | None:
        """The first of the last `days` local days, today included."""
        return None if days is None else self.today - timedelta(days=days - 1)

    def start(self, day: date) -> Any:
        moment = start_of_day(day, zone_of(self.programme.timezone))
        return sa.literal(moment, Member.__table__.c.joined_at.type)

    def units(self, rule: Rule) -> Decimal:
        """The condition's number in the unit that is stored."""
        wallet = self.programme.wallet(self.programme.first_wallet)
        power = {"money": self.programme.digits, "points": wallet.decimals, "percent": 1}.get(rule.shape.unit, 0)
        return rule.number.scaleb(power)


def number_of(rule: Rule, ground: Ground) -> Number:
    """The fact's number, NULL where there is none: a condition on it does not hold then."""
    if rule.fact in _VALUES:
        column = member_values.c[_VALUES[rule.fact]]
        return sa.select(column).where(member_values.c.member_id == Member.id).scalar_subquery()
    return _NUMBERS[rule.fact](rule, ground)


def _sales(rule: Rule, ground: Ground) -> list[Truth]:
    """The member's sales that count, of the rule's days, up to today."""
    state, since = purchase_states.c, ground.since(rule.days)
    found: list[Truth] = [state.member == Member.id, state.counts.is_(True), state.day <= ground.today]
    return found if since is None else [*found, state.day >= since]


def _counted(rule: Rule, ground: Ground) -> Number:
    return sa.select(sa.func.count()).select_from(purchase_states).where(*_sales(rule, ground)).scalar_subquery()


def _spent(rule: Rule, ground: Ground) -> Number:
    total = sa.func.coalesce(sa.func.sum(purchase_states.c.net), 0)
    return sa.select(total).where(*_sales(rule, ground)).scalar_subquery()


def _average(rule: Rule, ground: Ground) -> Number:
    mean = sa.func.sum(purchase_states.c.net) / sa.func.nullif(sa.func.count(), 0)
    return sa.select(mean).where(*_sales(rule, ground)).scalar_subquery()


def _at_store(rule: Rule, ground: Ground) -> Number:
    joined = sa.select(sa.func.count()).join_from(purchase_states, purchases, _same_sale())
    return joined.where(*_sales(rule, ground), purchases.c.store == rule.of).scalar_subquery()


def _of_category(rule: Rule, ground: Ground) -> Number:
    line = purchase_lines.c
    statement = sa.select(sa.func.coalesce(sa.func.sum(line.amount), 0)).join_from(
        purchase_states, purchase_lines, line.purchase == purchase_states.c.purchase
    )
    return statement.where(*_sales(rule, ground), line.category == rule.of).scalar_subquery()


def _rewards(rule: Rule, ground: Ground) -> Number:
    since, at = ground.since(rule.days), bookings.c
    wanted = [at.member == Member.id, at.verb == "redeem"]
    if since is not None:
        wanted.append(at.occurred_at >= ground.start(since))
    return sa.select(sa.func.count()).select_from(bookings).where(*wanted).scalar_subquery()


def _friends(rule: Rule, ground: Ground) -> Number:
    since, at = ground.since(rule.days), referrals.c
    wanted = [at.brought_by == Member.id, at.status != "refused"]
    if since is not None:
        wanted.append(at.recorded_at >= ground.start(since))
    return sa.select(sa.func.count()).select_from(referrals).where(*wanted).scalar_subquery()


def _points(_rule: Rule, ground: Ground) -> Number:
    account = accounts.c
    mine = account.member == Member.id, account.wallet == ground.programme.first_wallet
    return sa.func.coalesce(sa.select(account.active - account.deficit).where(*mine).scalar_subquery(), 0)


def _same_sale() -> Truth:
    return purchases.c.id == purchase_states.c.purchase


_NUMBERS = {
    "purchases": _counted, "spend": _spent, "average": _average, "store_purchases": _at_store,
    "category_spend": _of_category, "rewards": _rewards, "friends": _friends, "points": _points,
}  # fmt: skip


def holds_number(rule: Rule, ground: Ground) -> Truth:
    """Whether a condition on a number holds. Days and years are turned into days of the calendar first."""
    least = rule.word == "at_least"
    if rule.fact in ("last_days", "joined_days"):
        return _long_ago(rule, ground, least)
    if rule.fact == "age":
        return _old_enough(rule, ground, least)
    found, wanted = number_of(rule, ground), ground.units(rule)
    bound = sa.literal(int(wanted) if wanted == int(wanted) else float(wanted))
    if rule.fact == "sales_percent" and not least:
        return found < bound  # who stands before the line is in, so that the share is reached
    return found >= bound if least else found <= bound


def _long_ago(rule: Rule, ground: Ground, least: bool) -> Truth:
    edge = ground.today - timedelta(days=min(int(rule.number), 36_600))
    if rule.fact == "joined_days":
        joined = Member.__table__.c.joined_at
        long: Truth = joined < ground.start(edge + timedelta(days=1))
        return long if least else joined >= ground.start(edge)
    last: Any = last_day(ground)
    fits: Truth = last <= edge if least else last >= edge
    return fits


def last_day(ground: Ground) -> Number:
    """The local day of the member's last purchase that counts; NULL for none."""
    every = Rule("purchases", "at_least")
    day: Number = sa.func.max(purchase_states.c.day, type_=sa.Date())
    return sa.select(day).where(*_sales(every, ground)).scalar_subquery()


def _old_enough(rule: Rule, ground: Ground, least: bool) -> Truth:
    years = int(rule.number) + (0 if least else 1)
    today = ground.today
    edge = date(max(1, today.year - years), today.month, min(today.day, 28) if today.month == 2 else today.day)
    born = Member.__table__.c.birthday
    return born <= edge if least else born > edge


def holds_choice(rule: Rule, ground: Ground) -> Truth:
    """Whether one of the rule's values is the member's; for facts that have several, whether one of them is."""
    values, fact = list(rule.values), rule.fact
    if fact == "language":
        return Member.language.in_(values)
    if fact == "birthday_month":
        return sa.extract("month", Member.birthday).in_([int(each) for each in values if each.isdecimal()])
    if fact == "level":
        return _exists(standings.c.member == Member.id, standings.c.tier.in_(values))
    if fact == "tag":
        return _exists(member_tags.c.member_id == Member.id, member_tags.c.tag.in_(values))
    if fact == "consent":
        return sa.or_(*(_agrees(each) for each in values))
    if fact == "pyramid":
        return _exists(member_values.c.member_id == Member.id, member_values.c.pyramid.in_(values))
    if fact == "cell":
        return _exists(member_values.c.member_id == Member.id, sa.or_(*(_cell(each) for each in values)))
    return _bought(rule, ground, values)


def _bought(rule: Rule, ground: Ground, values: list[str]) -> Truth:
    if rule.fact == "category":
        line = purchase_lines.c
        return _exists(*_sales(rule, ground), line.purchase == purchase_states.c.purchase, line.category.in_(values))
    if rule.fact == "rule":
        use, since = rule_uses.c, ground.since(rule.days)
        wanted = [use.member == Member.id, use.undone.is_(False), use.name.in_(values)]
        return _exists(*wanted, *([] if since is None else [use.day >= since]))
    return _exists(*_sales(rule, ground), _same_sale(), purchases.c[rule.fact].in_(values))


def _agrees(purpose: str) -> Truth:
    said = member_consents.c
    mine = said.member_id == Member.id, said.purpose == purpose
    last = sa.select(said.given).where(*mine).order_by(said.id.desc()).limit(1).scalar_subquery()
    return last.is_(True)


def _cell(text: str) -> Truth:
    """`5-4-*`: scores of recency, frequency and money; a star for any."""
    scores = dict(zip(("recency_score", "frequency_score", "money_score"), text.split("-"), strict=False))
    wanted = [member_values.c[name] == int(each) for name, each in scores.items() if each.isdecimal()]
    return sa.and_(sa.true(), *wanted) if len(scores) == 3 else sa.false()


def _exists(*conditions: Truth) -> Truth:
    return sa.select(sa.literal(1)).where(*conditions).correlate(Member).exists()
