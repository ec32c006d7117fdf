"""What the clock does to one member, moment by moment. Spec: programme, section 2.

At one moment: holds that time out; pending becomes active; `auto` rewards; at 00:00 terms of levels end; points
expire; levels are tested; at 00:00 birthday events.
"""

from collections.abc import Iterator
from datetime import datetime

from loyalty.points import auto, award, crediting, enrolment, holds, lots, tiers
from loyalty.points.calendar import is_midnight, start_of_day, zone_of
from loyalty.points.facts import Account, Hold, Lot, Standing
from loyalty.points.plan import Plan
from loyalty.points.programme import Programme
from loyalty.points.quick_rows import replace
from loyalty.points.step import Context, Step
from loyalty.points.steps.event import occur


def run(plan: Plan, context: Context, member: str, upto: datetime) -> None:
    """Everything due for the member up to and including `upto`, in order of time."""
    done: datetime | None = None
    while True:
        standing = plan.standing(member)
        if standing is None or standing.due_at is None or standing.due_at > upto:
            return
        moment = next_moment(plan, standing, upto, done)
        if moment is None or moment > upto:
            plan.put(replace(standing, due_at=moment))
            return
        at_moment(plan, context, member, moment)
        done = moment


def next_moment(plan: Plan, standing: Standing, now: datetime, after: datetime | None) -> datetime | None:
    """When the clock next has something to do for the member; `after`: what has been done already."""
    version = plan.version(now)
    if version is None:
        return None
    zone = zone_of(version.programme.timezone)
    moments = [plan.next_lot_moment(standing.member, after), standing.birthday_at]
    moments += [hold.until for hold in plan.open_holds(standing.member)]
    moments += [each.at for each in plan.versions(standing.version)]
    if standing.review_on is not None:
        moments.append(start_of_day(standing.review_on, zone))
    for account in plan.accounts(standing.member):
        moments += [lots.expiry_of(lot, account, zone) for lot in _following(plan, account)]
    later = (moment for moment in moments if moment is not None and (after is None or moment > after))
    return min(later, default=None)


def _following(plan: Plan, account: Account) -> Iterator[Lot]:
    """Lots that die when the wallet has been quiet for long enough."""
    if account.activity is None:
        return iter(())
    open_lots = plan.open_lots(account.member, account.wallet)
    return (lot for lot in open_lots if lot.follows_activity and lot.remaining and lot.active)


def at_moment(plan: Plan, context: Context, member: str, moment: datetime) -> None:
    """One moment of the clock for one member."""
    version = plan.version(moment)
    assert version is not None
    step = Step(plan, version, context, moment, moment)
    midnight = is_midnight(moment, step.zone)
    _new_version(step, member)
    for hold in plan.open_holds(member):
        if hold.until is not None and hold.until <= moment:
            _time_out(step, hold)
    for lot in plan.pending_lots(member, moment):
        crediting.activate(step, lot)
    if step.activated:
        auto.run(step, member, award.occasion_of(step, member))
    if midnight:
        tiers.end_terms(step, member)
    _expire(step, member)
    tiers.test(step, member)
    if midnight:
        _birthday(step, member)
    finish(step, member)
    standing = step.standing(member)
    plan.put(replace(standing, due_at=next_moment(plan, standing, moment, moment)))


def _time_out(step: Step, hold: Hold) -> None:
    if hold.takes:
        holds.release(step, hold, hold.amount, status="expired")
    else:  # of a reward that costs nothing
        step.plan.put(replace(hold, status="expired"))
        holds.give_back_uses(step, hold.id)


def _expire(step: Step, member: str) -> None:
    for lot in step.plan.dying_lots(member, step.now):
        crediting.expire(step, lot)
    for account in step.plan.accounts(member):
        for lot in list(_following(step.plan, account)):
            gone = lots.expiry_of(lot, account, step.zone)
            if gone is not None and gone <= step.now:
                crediting.expire(step, lot)


def _birthday(step: Step, member: str) -> None:
    standing = step.standing(member)
    if standing.birthday_at is None or standing.birthday_at > step.now:
        return
    person = step.member(member)
    step.plan.put(enrolment.with_birthday(step, standing, person.birthday))
    if person.birthday is not None:  # else the record was merged into another since
        occur(step, member, "birthday")
    tiers.test(step, member)


def _new_version(step: Step, member: str) -> None:
    """A programme version that the member has not met yet."""
    standing = step.standing(member)
    if standing.version >= step.version.number:
        return
    for version in step.plan.versions(standing.version):
        if version.number <= step.version.number:
            for wallet in version.switched:
                _switch(step, member, wallet, version.programme, version.at)
    standing = replace(step.standing(member), version=step.version.number)
    step.plan.put(enrolment.with_birthday(step, standing, step.member(member).birthday))


def _switch(step: Step, member: str, wallet: str, programme: Programme, at: datetime) -> None:
    """A wallet became `inactivity`: its lots without a date follow activity, counted from the day of the switch."""
    account = step.plan.account(member, wallet)
    if account is None:
        return
    day = step.day_of(at)
    duration = programme.wallets[wallet].expiry.duration
    step.plan.put(replace(account, activity=max(account.activity or day, day), inactivity=duration))
    for lot in step.plan.open_lots(member, wallet):
        if lot.expires_at is None and not lot.follows_activity:
            step.plan.put(replace(lot, follows_activity=True))


def finish(step: Step, member: str) -> None:
    """After a step or a moment: the tier is compared with what it was, and the next due moment is brought forward."""
    tiers.settle(step, member)
    standing = step.standing(member)
    moments = [standing.due_at, standing.birthday_at]
    if standing.review_on is not None:
        moments.append(start_of_day(standing.review_on, step.zone))
    for lot in step.plan.changed(Lot):
        if lot.member == member and lot.remaining:
            account = step.account(member, lot.wallet)
            moments.append(lots.expiry_of(lot, account, step.zone))
            moments.append(None if lot.active else lot.active_at)
    moments += [hold.until for hold in step.plan.changed(Hold) if hold.member == member and hold.status == "open"]
    due = min((moment for moment in moments if moment is not None), default=None)
    if due != standing.due_at:
        step.plan.put(replace(standing, due_at=due))
