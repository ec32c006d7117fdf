"""Challenges: what members are to reach, the badge for it, and points once; milestones, and streaks of weeks or months.

    {"kind": "reach", "rules": {"rules": [{"fact": "purchases", "is": "at_least", "value": "10", "days": 90}]},
     "points": 100, "badge": "award", "segment": ""}
    {"kind": "weeks", "target": 4, "points": 50, "badge": "crown", "segment": "seg_…"}

What counts is what segments count (segments_rules.py); a streak is so many weeks (from Monday) or months in a row with
a purchase in each, up to the present one. Points are credited through the engine, once for each member.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_tables import challenge_wins, challenges
from loyalty.campaigns.segments import chosen, explain, ground_of, members_query
from loyalty.campaigns.segments_rules import Rules, read_rules
from loyalty.db.session import read, write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.persons import records_of, who_goes_on
from loyalty.members.tables import Member
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables_sale import purchase_states

KINDS = ("reach", "weeks", "months")
BADGES = ("award", "crown", "diamond", "gift", "coins")
LONGEST_STREAK = 53
AT_ONCE = 100


@dataclass(frozen=True)
class Challenge:
    """`rules` of those to be reached; `target` weeks or months of streaks. `segment`: whom it is for, "" for all."""

    id: str
    name: str
    kind: str
    rules: Rules
    target: int
    points: int
    badge: str
    segment: str
    state: str
    made_by: str


@dataclass(frozen=True)
class Progress:
    """How far a member is: `reached` of `target`, in the units of the first condition (money in the currency)."""

    challenge: Challenge
    reached: Decimal
    target: Decimal
    won_at: datetime | None

    @property
    def share(self) -> float:
        """0 to 1."""
        return 1.0 if self.won_at else float(min(self.reached / self.target, Decimal(1))) if self.target else 0.0


def make_challenge(session: Session, name: str, plan: Mapping[str, Any], staff: str, now: datetime) -> Challenge:
    """Open from now on. Invalid for a plan that cannot be asked, Conflict for a name that is taken."""
    name = " ".join(name.replace("\x00", " ").split())[:60]
    if not name:
        raise Invalid("Give the challenge a name.", pointer="name")
    if any(each.name == name for each in all_challenges(session)):
        raise Conflict(f"There is a challenge called {name!r} already; choose another name.")
    document = _checked(session, plan, now)
    row = {"id": new_id("chl", now), "name": name, "plan": document, "state": "open", "made_by": staff,
           "made_at": now, "changed_at": now}  # fmt: skip
    session.execute(sa.insert(challenges), [row])
    return challenge(session, str(row["id"]))


def close_challenge(session: Session, id: str, now: datetime) -> Challenge:
    """Nobody wins it any more; who has its badge keeps it."""
    challenge(session, id)
    session.execute(sa.update(challenges).where(challenges.c.id == id).values(state="closed", changed_at=now))
    return challenge(session, id)


def open_again(session: Session, id: str, now: datetime) -> Challenge:
    """The way back from closing it."""
    challenge(session, id)
    session.execute(sa.update(challenges).where(challenges.c.id == id).values(state="open", changed_at=now))
    return challenge(session, id)


def challenge(session: Session, id: str) -> Challenge:
    row = session.execute(sa.select(challenges).where(challenges.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no challenge {id[:60]!r}.")
    return _made(row)


def all_challenges(session: Session) -> list[Challenge]:
    """The newest first."""
    return [_made(row) for row in session.execute(sa.select(challenges).order_by(challenges.c.id.desc()))]


def winners(session: Session) -> dict[str, int]:
    """Challenge -> how many members have met it."""
    at = challenge_wins.c
    rows = session.execute(sa.select(at.challenge_id, sa.func.count()).group_by(at.challenge_id))
    return {id: int(many) for id, many in rows}


def progress_of(session: Session, member: str, now: datetime) -> list[Progress]:
    """All open challenges that are for this member, and all that they have met."""
    at = challenge_wins.c
    mine = sa.select(at.challenge_id, at.won_at).where(at.member_id.in_(records_of(session, member)))
    won = {id: moment for id, moment in session.execute(mine.order_by(at.won_at.desc()))}  # the first time counts
    found = []
    for each in all_challenges(session):
        if each.id not in won and (each.state != "open" or not _is_for(session, each, member, now)):
            continue
        reached, target = _reached(session, each, member, now)
        found.append(Progress(each, reached, target, won.get(each.id)))
    return found


def award_challenges(engine: Engine, now: datetime) -> int:
    """Badges and points for whoever has met an open challenge; how many. Safe to run twice and to be killed."""
    with read(engine) as session:
        todo = [(each, _met(session, each, now)) for each in all_challenges(session) if each.state == "open"]
    done = 0
    for each, members in todo:
        for begin in range(0, len(members), AT_ONCE):
            with write(engine) as session:
                done += _award(session, each, members[begin : begin + AT_ONCE], now)
    return done


def _award(session: Session, each: Challenge, members: Sequence[str], now: datetime) -> int:
    fresh = sorted(set(members) - _winners_of(session, each))
    ledger = Ledger(session)
    for member in fresh:
        session.execute(sa.insert(challenge_wins), [{"challenge_id": each.id, "member_id": member, "won_at": now}])
        if each.points:
            body = {"id": f"{each.id}:{member}", "member": member, "points": each.points, "reason": each.name}
            ledger.perform("credit", body, now)
    return len(fresh)


def _met(session: Session, each: Challenge, now: datetime) -> list[str]:
    whom = chosen(session, each.rules, now)
    if each.segment:
        whom = whom.where(Member.id.in_(members_query(session, each.segment, now)))
    have = _winners_of(session, each)
    members = [member for member in session.scalars(whom.order_by(Member.id)) if member not in have]
    if each.kind == "reach":
        return members
    long = {member for member, length in _streaks(session, each, None, now).items() if length >= each.target}
    return [member for member in members if member in long]


def _winners_of(session: Session, each: Challenge) -> set[str]:
    """Who has met it; under a record that was merged since, it is the one that goes on who has."""
    at, person = challenge_wins.c, who_goes_on(session)
    return {person(id) for id in session.scalars(sa.select(at.member_id).where(at.challenge_id == each.id))}


def _is_for(session: Session, each: Challenge, member: str, now: datetime) -> bool:
    if not each.segment:
        return True
    return session.scalar(members_query(session, each.segment, now).where(Member.id == member)) is not None


def _reached(session: Session, each: Challenge, member: str, now: datetime) -> tuple[Decimal, Decimal]:
    if each.kind != "reach":
        return Decimal(_streaks(session, each, member, now).get(member, 0)), Decimal(each.target)
    first = explain(session, each.rules, member, now)[0]
    digits = ground_of(session, now).programme.digits if first.rule.shape.unit == "money" else 0
    return Decimal(int(first.found or 0)).scaleb(-digits), first.rule.number


def _streaks(session: Session, each: Challenge, member: str | None, now: datetime) -> dict[str, int]:
    """Member -> how many weeks or months in a row they bought, up to this one or to the last one."""
    today = day_of(now, zone_of(ground_of(session, now).programme.timezone))
    place = _week if each.kind == "weeks" else _month
    since = today - timedelta(days=(each.target + 1) * (7 if each.kind == "weeks" else 31))
    sale = purchase_states.c
    wanted = sa.select(sale.member, sale.day).distinct().where(sale.counts, sale.day >= since, sale.day <= today)
    seen: dict[str, set[int]] = defaultdict(set)
    for who, day in session.execute(wanted if member is None else wanted.where(sale.member == member)):
        seen[who].add(place(day))
    return {who: _length(places, place(today)) for who, places in seen.items()}


def _length(places: Iterable[int], last: int) -> int:
    known, length = set(places), 0
    at = last if last in known else last - 1  # this week is not over yet
    while at in known:
        length, at = length + 1, at - 1
    return length


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _checked(session: Session, plan: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    kind, points, badge = plan.get("kind"), plan.get("points", 0), plan.get("badge", BADGES[0])
    if kind not in KINDS or badge not in BADGES:
        raise Invalid(f"A challenge is one of {', '.join(KINDS)}, its badge one of {', '.join(BADGES)}.")
    if type(points) is not int or not 0 <= points <= 10**6:
        raise Invalid("The points are a whole number from 0 to 1,000,000.", pointer="points")
    rules, target, segment = read_rules(plan.get("rules") or {}), plan.get("target", 0), str(plan.get("segment") or "")
    if kind == "reach":
        if not rules.rules or rules.rules[0].shape.unit == "text" or rules.rules[0].word != "at_least":
            raise Invalid("Say what is to be reached: a number that is at least so much.", pointer="rules")
        chosen(session, rules, now)
    elif type(target) is not int or not 2 <= target <= LONGEST_STREAK:
        raise Invalid(f"A streak has from 2 to {LONGEST_STREAK} weeks or months.", pointer="target")
    if segment:
        members_query(session, segment, now)
    return {"kind": kind, "rules": rules.as_document(), "target": target or 0, "points": points, "badge": badge,
            "segment": segment}  # fmt: skip


def _made(row: Any) -> Challenge:
    plan = row.plan
    return Challenge(
        row.id, row.name, plan["kind"], read_rules(plan["rules"]), plan["target"], plan["points"], plan["badge"],
        plan["segment"], row.state, row.made_by,
    )  # fmt: skip
