"""Campaigns in the day jobs: those whose day has come start, those that are over or break a rule of theirs end.

Safe to run twice and to be killed: each change is a transaction, and gifts carry an id made of campaign and member.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_groups import draw, groups_of, keep_groups, mark_anew, marks_to_change, unmark
from loyalty.campaigns.campaign_life import Campaign, all_campaigns, campaign, in_force, put, today
from loyalty.campaigns.campaign_plan import HELD, Mechanic
from loyalty.campaigns.campaign_result import given_to, result_of
from loyalty.campaigns.campaign_rules import GIVEN_AT_START, points_worth, with_rules, without_rules
from loyalty.campaigns.campaign_told import withhold_waiting
from loyalty.campaigns.segments import members_of
from loyalty.db.audit import note
from loyalty.db.session import read, write
from loyalty.errors import Conflict
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables_sale import programme_sources

GIVEN_AT_ONCE = 100
"""Gifts in one transaction: sales go on in between."""


def run_campaigns(engine: Engine, now: datetime) -> int:
    """Starts and ends what is due at `now`; how many campaigns changed."""
    with read(engine) as session:
        alive = [each for each in all_campaigns(session) if each.state in ("approved", "running")]
        if not alive:
            return 0
        day = today(session, now)
    changed = 0
    for each in alive:
        if each.state == "approved" and each.plan.first <= day:
            with write(engine) as session:
                changed += start(session, each.id, now).state == "running"
        if each.plan.first <= day:
            _mark(engine, each.id)
            _give(engine, each.id, now)
            changed += _end_if_due(engine, each.id, now)
    return changed


def start(session: Session, id: str, now: datetime) -> Campaign:
    """Draws the groups, marks their members, and puts the rules into the programme."""
    before = campaign(session, id)
    if before.state != "approved":
        return before
    plan = before.plan
    if plan.last < today(session, now):
        return _ended(session, before, "days", now)
    groups = draw(members_of(session, plan.segment, now), plan.holdout, plan.arms, before.seed)
    if _gifts_cost(session, before, groups, now) > plan.budget:
        return _ended(session, before, "budget", now)
    version = in_force(session, now)
    fresh = with_rules(version.document, version.programme, id, before.name, plan, (plan.first, plan.last))
    keep_groups(session, id, groups)
    if fresh != version.document:  # points at once, levels and messages are no rules
        _put_programme(session, fresh, before.decided_by or before.made_by, now)
    _note(session, before, "campaign.start", now, f"{len(groups)} members")
    return put(session, before, now, state="running", started_at=now)


def end(session: Session, id: str, reason: str, now: datetime) -> Campaign:
    """Takes the rules out of the programme again. Before its last day it ends at once, for every member."""
    before = campaign(session, id)
    if before.state != "running":
        raise Conflict("This campaign does not run; look at it again.")
    if reason != "days":
        unmark(session, id)  # after the last day the marks stay: an offline counter may tell of a sale late
    return _ended(session, before, reason, now)


def _ended(session: Session, before: Campaign, reason: str, now: datetime) -> Campaign:
    version = in_force(session, now)
    rest = without_rules(version.document, before.name, before.plan)
    if before.state == "running" and rest != version.document:
        _put_programme(session, rest, before.decided_by or before.made_by, now)
    withhold_waiting(session, before.id, now)
    _note(session, before, "campaign.end", now, reason)
    return put(session, before, now, state="ended", ended_at=now, end_reason=reason)


def _mark(engine: Engine, id: str) -> None:
    with read(engine) as session:
        if campaign(session, id).state != "running" or not marks_to_change(session, id):
            return
    with write(engine) as session:
        mark_anew(session, id)


def _end_if_due(engine: Engine, id: str, now: datetime) -> bool:
    with read(engine) as session:
        found = campaign(session, id)
        if found.state != "running":
            return False
        reason = "days" if found.plan.last < today(session, now) else _broken(session, found, now)
    if reason:
        with write(engine) as session:
            end(session, id, reason, now)
    return bool(reason)


def _broken(session: Session, found: Campaign, now: datetime) -> str:
    """Which stop rule holds; empty for none."""
    result = result_of(session, found, now)
    if result.cost >= result.money(found.plan.budget):
        return "budget"
    harmed = any(arm.uplift is not None and arm.uplift.high < 0 for arm in result.arms)
    return "harm" if found.plan.stop_harm and harmed else ""


def _give(engine: Engine, id: str, now: datetime) -> None:
    """What members get once, at the start; whoever has it already is passed over."""
    with read(engine) as session:
        found = campaign(session, id)
        if found.state != "running" or not any(each.kind in GIVEN_AT_START for each in found.plan.mechanics):
            return
        groups = groups_of(session, id)
        given = given_to(session, id)
    by_arm = dict(zip(found.plan.arms, found.plan.mechanics, strict=True))
    waiting = [
        (member, by_arm[arm])
        for member, arm in sorted(groups.items())
        if arm != HELD and by_arm[arm].kind in GIVEN_AT_START and member not in given
    ]
    for begin in range(0, len(waiting), GIVEN_AT_ONCE):
        with write(engine) as session:
            _give_some(session, found, waiting[begin : begin + GIVEN_AT_ONCE], now)


def _give_some(session: Session, found: Campaign, some: Sequence[tuple[str, Mechanic]], now: datetime) -> None:
    ledger = Ledger(session)
    for member, mechanic in some:
        body = {"id": f"{found.id}:{member}", "member": member}
        if mechanic.kind == "gift":
            ledger.perform("credit", {**body, "points": mechanic.amount, "reason": found.name}, now)
        else:
            until = found.plan.last.isoformat()
            ledger.perform("assign_tier", {**body, "tier": mechanic.level, "until": until}, now)


def _gifts_cost(session: Session, found: Campaign, groups: dict[str, str], now: datetime) -> Decimal:
    """What points given at once are worth, in money."""
    programme, cost = in_force(session, now).programme, Decimal(0)
    for arm, mechanic in zip(found.plan.arms, found.plan.mechanics, strict=True):
        if mechanic.kind == "gift":
            many = sum(1 for each in groups.values() if each == arm)
            cost += points_worth(programme, mechanic.amount) * many
    return cost


def _put_programme(session: Session, document: dict[str, object], staff: str, now: datetime) -> None:
    """A version from now on, or together with the one that is planned already."""
    latest = in_force(session, now)
    ledger = Ledger(session)
    ledger.put_programme(document, now, max(now, latest.at))
    row = {"number": latest.number + 1, "text": "", "scenarios": "", "staff": staff, "put_at": now}
    session.execute(sa.insert(programme_sources), [row])


def _note(session: Session, found: Campaign, action: str, now: datetime, why: str) -> None:
    note(session, "system:campaigns", action, f"campaign:{found.id}", now, why=why)


def stop(session: Session, id: str, now: datetime) -> Campaign:
    """A person ends a running campaign before its time."""
    return end(session, id, "person", now)
