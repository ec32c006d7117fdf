"""The life of a campaign on paper: planned, asked for, agreed to by a second person or sent back.

Each inside `loyalty.db.session.write`. What happens with members, see campaign_run.py.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_plan import Plan, read_plan
from loyalty.campaigns.campaign_rules import with_rules
from loyalty.campaigns.campaign_tables import campaigns
from loyalty.campaigns.campaign_told import check_messages
from loyalty.campaigns.segments import segment
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion


@dataclass(frozen=True)
class Campaign:
    """A campaign as it is kept. state: draft, asked, approved, running, ended. `end_reason`: days, budget, harm,
    person, or empty. `words`: why it was asked for, or why it was sent back.
    """

    id: str
    name: str
    plan: Plan
    state: str
    version: int
    seed: int
    trial: str | None
    words: str
    made_by: str
    made_at: datetime
    asked_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str


def campaign(session: Session, id: str) -> Campaign:
    """NotFound for an unknown one."""
    row = session.execute(sa.select(campaigns).where(campaigns.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no campaign {id[:60]!r}.")
    return _made(row)


def all_campaigns(session: Session) -> list[Campaign]:
    """The newest first."""
    return [_made(row) for row in session.execute(sa.select(campaigns).order_by(campaigns.c.id.desc()))]


def plan_campaign(session: Session, name: str, plan: Plan, staff: str, now: datetime) -> Campaign:
    """A draft. Conflict when the name is taken; Invalid when the engine could not run it."""
    id = new_id("cmp", now)
    name = _free_name(session, name, id)
    _check(session, id, name, plan, now)
    row = {
        "id": id, "name": name, "plan": plan.as_document(), "state": "draft", "version": 1, "words": "",
        "seed": secrets.randbits(48), "made_by": staff, "made_at": now, "changed_at": now, "end_reason": "",
    }  # fmt: skip
    session.execute(sa.insert(campaigns), [row])
    return campaign(session, id)


def change_campaign(session: Session, id: str, version: int, name: str, plan: Plan, now: datetime) -> Campaign:
    """Only while it is a draft. Conflict when somebody else changed it meanwhile."""
    before = _in_state(session, id, "draft")
    if before.version != version:
        raise Conflict(f"Somebody else changed the campaign {before.name!r} meanwhile; look at it again.")
    name = _free_name(session, name, id)
    _check(session, id, name, plan, now)
    return put(session, before, now, name=name, plan=plan.as_document(), trial=None)


def note_trial(session: Session, id: str, trial: str, now: datetime) -> Campaign:
    """The trial that was started for the plan as it stands."""
    return put(session, _in_state(session, id, "draft"), now, trial=trial)


def ask(session: Session, id: str, why: str, now: datetime) -> Campaign:
    """From now on it waits for a second person and cannot be changed. Invalid without a reason or with days gone by."""
    if not why.strip():
        raise Invalid("Say what the campaign is for: whoever agrees has to know.", pointer="why")
    before = _in_state(session, id, "draft")
    if before.plan.last < today(session, now):
        raise Invalid("The campaign's days are over already; choose others.", pointer="last")
    return put(session, before, now, state="asked", asked_at=now, words=why.strip()[:400])


def take_back(session: Session, id: str, now: datetime) -> Campaign:
    """What waits or was agreed to, but has not begun, becomes a draft again."""
    before = campaign(session, id)
    if before.state not in ("asked", "approved"):
        raise Conflict("Only a campaign that has not begun can be taken back; look at it again.")
    return put(session, before, now, state="draft", decided_by=None, decided_at=None)


def agree(session: Session, id: str, version: int, staff: str, now: datetime) -> Campaign:
    """It will start by itself on its first day. Conflict for whoever planned it, and when it changed meanwhile."""
    before = _in_state(session, id, "asked")
    if before.made_by == staff:
        raise Conflict("Nobody agrees to their own campaign; somebody else has to.", code="own_request")
    if before.version != version:
        raise Conflict("This campaign was changed meanwhile; look at it again.")
    _check(session, id, before.name, before.plan, now)
    return put(session, before, now, state="approved", decided_by=staff, decided_at=now)


def send_back(session: Session, id: str, staff: str, answer: str, now: datetime) -> Campaign:
    """A draft again, with what the second person said. Invalid without a word."""
    before = _in_state(session, id, "asked")
    if not answer.strip():
        raise Invalid("Say what should be different: whoever asked has to know.", pointer="answer")
    if before.made_by == staff:
        raise Conflict("Take your own campaign back instead.", code="own_request")
    words = answer.strip()[:400]
    return put(session, before, now, state="draft", words=words, decided_by=staff, decided_at=now)


def drop(session: Session, id: str) -> Campaign:
    """Takes a draft away; what ran is kept."""
    gone = _in_state(session, id, "draft")
    session.execute(sa.delete(campaigns).where(campaigns.c.id == id))
    return gone


def put(session: Session, before: Campaign, now: datetime, **values: Any) -> Campaign:
    """The campaign with other values; Conflict when another transaction changed it in between."""
    at = campaigns.c
    done = session.execute(
        sa.update(campaigns)
        .where(at.id == before.id, at.version == before.version)
        .values(version=before.version + 1, changed_at=now, **values)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This campaign was changed meanwhile; look at it again.")
    return campaign(session, before.id)


def in_force(session: Session, now: datetime) -> ProgrammeVersion:
    """The programme's latest version, planned ones too; Invalid without any."""
    version = SqlFacts(session).latest()
    if version is None:
        raise Invalid("The shop has no programme yet, so a campaign has nothing to add to.")
    return version


def today(session: Session, now: datetime) -> Any:
    """The shop's local day."""
    return day_of(now, zone_of(in_force(session, now).programme.timezone))


def _check(session: Session, id: str, name: str, plan: Plan, now: datetime) -> None:
    """The engine reads the programme with the campaign's rules, and the segment and the messages are there."""
    segment(session, plan.segment)
    check_messages(session, plan)
    version = in_force(session, now)
    with_rules(version.document, version.programme, id, name, plan, (plan.first, plan.last))


def _in_state(session: Session, id: str, state: str) -> Campaign:
    found = campaign(session, id)
    if found.state != state:
        raise Conflict(f"The campaign {found.name!r} is {found.state} by now; look at it again.")
    return found


def _free_name(session: Session, name: str, but: str) -> str:
    name = " ".join(name.replace("\x00", " ").split())[:50]
    if not name:
        raise Invalid("Give the campaign a name.", pointer="name")
    if any(each.name == name and each.id != but for each in all_campaigns(session)):
        raise Conflict(f"There is a campaign called {name!r} already; choose another name.")
    return name


def _made(row: Any) -> Campaign:
    kept = {name: value for name, value in row._mapping.items() if name != "changed_at"}
    return Campaign(**{**kept, "plan": read_plan(row.plan)})
