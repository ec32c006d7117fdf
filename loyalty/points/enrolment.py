"""A member comes in: by a signup, or with opening balances, vouchers and a level brought from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from loyalty.errors import Invalid
from loyalty.points import crediting, terms, tiers
from loyalty.points.calendar import birthday_in, day_of, next_birthday, start_of_day, zone_of
from loyalty.points.facts import Member, Standing
from loyalty.points.facts_sale import Voucher
from loyalty.points.programme import Programme
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


@dataclass(frozen=True)
class Enrolment:
    """`wallets`: opening balances in smallest units, one lot each, by policy, not earned."""

    member: str
    joined: date | None = None
    birthday: date | None = None
    segments: tuple[str, ...] = ()
    wallets: Mapping[str, int] = field(default_factory=dict)
    tier: str | None = None
    vouchers: Sequence[Voucher] = ()  # id and value; the rest is filled in


def create(step: Step, id: str, joined: date, birthday: date | None = None, segments: tuple[str, ...] = ()) -> None:
    """A new member with nothing. Invalid when there is one of that id, or the birthday is in the future."""
    if step.plan.member(id) is not None:
        raise Invalid(f"There is a member {id!r} already.", pointer="member")
    if birthday is not None and birthday > step.day:
        raise Invalid("A birthday cannot be in the future.", pointer="birthday")
    step.plan.put(Member(id, joined, birthday, segments))
    standing = Standing(id, version=step.version.number)
    step.plan.put(with_birthday(step, standing, birthday))


def with_birthday(step: Step, standing: Standing, birthday: date | None) -> Standing:
    """The standing with its next birthday event, where some rule cares for birthdays."""
    moment = birthday_event(step.programme, birthday, step.now) if birthday is not None else None
    return replace(standing, birthday_at=moment)


def birthday_event(programme: Programme, birthday: date, now: datetime, after: date | None = None) -> datetime | None:
    """The next one after `now`, and after the day `after` where that is given; None where no rule cares for it."""
    if not any(rule.on == "birthday" and rule.enabled for rule in programme.earn):
        return None
    zone = zone_of(programme.timezone)
    today = day_of(now, zone)
    moment = start_of_day(birthday_in(birthday, today.year), zone)
    if moment <= now or (after is not None and day_of(moment, zone) <= after):
        moment = start_of_day(next_birthday(birthday, max(today, after or today)), zone)
    return moment


def enrol(step: Step, enrolment: Enrolment) -> None:
    """Creates the member and what was brought along."""
    who = enrolment.member
    create(step, who, enrolment.joined or step.day, enrolment.birthday, enrolment.segments)
    step.touch(who)
    for name, amount in enrolment.wallets.items():
        wallet = step.wallet(name)
        if amount > 0:
            opening = crediting.Origin(reason="opening balance")
            crediting.credit(step, who, wallet, "credit", amount, terms.by_policy(step, wallet), opening)
    if enrolment.tier is not None:
        _start_level(step, who, enrolment.tier)
    for voucher in enrolment.vouchers:
        if step.plan.voucher(voucher.id) is not None:
            raise Invalid(f"There is a voucher {voucher.id!r} already.", pointer="vouchers")
        step.plan.put(replace(voucher, member=who, number=step.context.numbers()))


def _start_level(step: Step, member: str, name: str) -> None:
    found = step.programme.tiers
    for level in found.levels if found else ():
        if level.name == name:
            if found is not None and not tiers.for_everybody(level):
                tiers.begin(step, found, member, level, step.today)
            return
    raise Invalid(f"There is no level {name!r} in the programme.", pointer="tier")
