"""The engine's door: what a step does to the ledger, decided on facts, written down as a plan.

    plan, result = engine.perform(facts, "purchase", {"id": "A1", "member": "alice", "amount": 105}, now, context)

Nothing is written here. A store posts the plan once; a step that fails raises and leaves nothing behind. The clock of
the members concerned is run inside the step; for everybody else `advance` does it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loyalty.errors import Conflict, Invalid, UnknownMember
from loyalty.points import due, enrolment, shapes, tiers
from loyalty.points.body import Body
from loyalty.points.facts import Booking
from loyalty.points.facts_sale import PurchaseState
from loyalty.points.plan import Plan
from loyalty.points.result import render
from loyalty.points.step import Context, Step, started
from loyalty.points.steps import (
    credits,
    event,
    hold,
    merge,
    purchase,
    redeem,
    returns,
    reverse,
    set_programme,
    tier,
    topup,
    transfer,
)
from loyalty.points.store import Facts

Verb = Callable[[Step, Body], None]
FUTURE = timedelta(minutes=5)
"""How far a counter's clock may be ahead."""

VERBS: Mapping[str, Verb] = {
    "purchase": purchase.purchase,
    "quote": purchase.quote,
    "return": returns.return_,
    "cancel": returns.cancel,
    "event": event.event,
    "credit": credits.credit,
    "debit": credits.debit,
    "redeem": redeem.redeem,
    "reverse": reverse.reverse,
    "hold": hold.hold,
    "capture": hold.capture,
    "release": hold.release,
    "transfer": transfer.transfer,
    "merge": merge.merge,
    "unmerge": merge.unmerge,
    "topup": topup.topup,
    "refund_topup": topup.refund_topup,
    "assign_tier": tier.assign_tier,
    "set_programme": set_programme.set_programme,
    "advance": lambda step, body: None,
}


@dataclass(frozen=True)
class Outcome:
    """`result` is JSON-able (see result.render); `replayed`: the same booking was done before, the plan is empty."""

    plan: Plan
    result: Mapping[str, Any]
    booking: str | None
    replayed: bool = False


def perform(
    facts: Facts,
    verb: str,
    body: Mapping[str, Any],
    now: datetime,
    context: Context,
    occurred_at: datetime | None = None,
) -> Outcome:
    """Decides one step. `now` and `occurred_at` (default: now; earlier for late bookings) are aware moments.

    Raises LoyaltyError with one of the codes of the specification, section 6, and then nothing is changed.
    """
    shapes.check(verb, body)
    digest = shapes.digest(verb, body)
    plan = Plan(facts, context.numbers)
    id = body.get("id")
    if id is not None and verb != "quote" and (done := plan.booking(id)) is not None:
        if done.verb != verb or done.digest != digest:
            raise Conflict(f"The id {id!r} was used before for something else.", pointer="id")
        return Outcome(plan, done.result, id, replayed=True)
    step, members = _worked_out(plan, verb, body, now, occurred_at, context)
    result = render(step.said, step.programme)
    if verb == "quote":
        return Outcome(Plan(facts, context.numbers), result, None)
    _close(step)
    if verb != "advance" or id is not None:
        assert step.booking is not None
        first = members[0] if members else None
        booked = Booking(step.booking, step.number, verb, digest, first, step.at, now, step.version.number, result)
        plan.put(booked)
    return Outcome(plan, result, step.booking)


def repeat(
    facts: Facts, verb: str, body: Mapping[str, Any], now: datetime, context: Context, occurred_at: datetime | None
) -> Plan:
    """`perform` of what was booked before, where only points count: its shape was checked then, nobody reads what it
    says, and the plan has no Booking. Raises LoyaltyError as `perform` does.
    """
    plan = Plan(facts, context.numbers)
    step, _members = _worked_out(plan, verb, body, now, occurred_at, context)
    _close(step)
    return plan


def _worked_out(
    plan: Plan, verb: str, body: Mapping[str, Any], now: datetime, occurred_at: datetime | None, context: Context
) -> tuple[Step, list[str]]:
    """The step after its verb, and the members that it is about."""
    id = body.get("id")
    at = _moment(now, occurred_at)
    members = _members(plan, verb, body)
    for member in members:
        due.run(plan, context, member, now)
    step = Step(plan, started(plan.facts, at), context, at, now)
    step.booking = id if id is not None else context.booking_name(step.number)
    plan.known_new(PurchaseState, step.booking)  # a sale has the id of its booking
    VERBS[verb](step, Body(body, step.programme.digits, step.zone))
    return step, members


def _close(step: Step) -> None:
    """Levels are tested now, also where what was booked happened earlier."""
    closing = Step(step.plan, started(step.plan, step.now), step.context, step.now, step.now) if step.late else step
    for member in step.members:
        tiers.test(closing, member)
        due.finish(closing, member)


def _moment(now: datetime, occurred_at: datetime | None) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at > now + FUTURE:
        raise Invalid("It cannot have happened in the future; check the counter's clock.", pointer="occurred_at")
    return min(occurred_at, now)


def _members(plan: Plan, verb: str, body: Mapping[str, Any]) -> list[str]:
    """The members a step is about, the first one foremost. UnknownMember for one that does not exist."""
    named = [body.get(key) for key in (("from", "to") if verb in ("transfer", "merge") else ("member", "other"))]
    found = [member for member in named if member]
    for member in found:
        creates = verb == "event" and body.get("type") == "signup" and member == body.get("member")
        if not creates and plan.member(member) is None:
            raise UnknownMember(f"There is no member {member!r}; enrol the member first.", pointer="member")
    if body.get("hold") and (hold_row := plan.hold(body["hold"])) is not None:
        found.insert(0, hold_row.member)
    if body.get("of") and (booking := plan.booking(body["of"])) is not None:
        found[:0] = [booking.member] if booking.member else []
        found += [lot.member for lot in plan.lots_of(booking.id)]
    return list(dict.fromkeys(found))


def quote(facts: Facts, body: Mapping[str, Any], now: datetime, context: Context) -> Mapping[str, Any]:
    """What a purchase would come to; nothing is booked."""
    return perform(facts, "quote", body, now, context).result


def enrol(facts: Facts, new: enrolment.Enrolment, now: datetime, context: Context) -> Plan:
    """A new member with what was brought along. Opening balances earn nothing and set nothing off."""
    plan = Plan(facts, context.numbers)
    step = Step(plan, started(facts, now), context, now, now)
    enrolment.enrol(step, new)
    tiers.test(step, new.member)
    due.finish(step, new.member)
    return plan


def put_programme(
    facts: Facts, document: Mapping[str, Any], now: datetime, context: Context, effective_at: datetime | None = None
) -> Plan:
    """A version in force from `effective_at` (default now); the first one starts the shop. Invalid names the place."""
    plan = Plan(facts, context.numbers)
    set_programme.put(plan, document, effective_at or now, None)
    return plan


def advance(facts: Facts, to: datetime, context: Context, batch: int = 200) -> Iterator[Plan]:
    """Runs the clock for everybody up to and including `to`: one plan for each member and moment, in order of time.

    Each plan must be posted before the next is asked for. Safe to stop at any point and to run again. The last plan
    only moves the clock.
    """
    clock = facts.clock()
    if clock is not None and to < clock:
        return
    while found := facts.members_due(to, batch):
        first = found[0][0]
        for moment, member in found:
            if moment > first:
                break  # what was done may have made something else due in between
            plan = Plan(facts, context.numbers)
            due.run(plan, context, member, moment)
            yield plan
    plan = Plan(facts, context.numbers)
    plan.clock_to = to
    yield plan
