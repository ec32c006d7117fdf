"""What the cashier may say to the member who has come: hints that somebody wrote, and what goes with what they buy;
and the badges that the kiosk shows.

Two hints at most, all of it worked out before. Nothing for whoever said no to being known: consent
is asked at this moment.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.challenges import Progress, progress_of
from loyalty.contract.hints import Challenge, Hint
from loyalty.contract.wire import to_json
from loyalty.errors import UnknownMember
from loyalty.insight.pairs_kept import goes_with
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.allowed import verdict
from loyalty.messages.rules import rules_of
from loyalty.messages.sender import finish
from loyalty.web.api.answers_cards import ChallengesAnswer, HintsAnswer, SaidAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_cards import SaidBody, WhoQuery

MOST, LOOKED_AT, MOST_CHALLENGES = 2, 10, 6
_AT = messages.c


@call("GET", "/counters/<id>/hints", scope="counter", body=WhoQuery, gives=HintsAnswer,
      answer="At most two: a `message` to be said, or `goes_with`: who buys `of` often buys `text`.")  # fmt: skip
def hints(session: Session, asked: Asked[WhoQuery]) -> dict[str, Any]:
    """What the cashier may say to the member who stands there."""
    person = _person(session, asked.body.member)
    rules = rules_of(session, asked.now)

    def allowed(purpose: str, message: str = "") -> bool:
        return verdict(session, person, "hint", purpose, "", asked.now, rules, message).allowed

    waiting = sa.select(_AT.id, _AT.purpose, _AT.body).where(_waiting_of(person.id), _AT.not_before <= asked.now)
    rows = session.execute(waiting.order_by(_AT.id).limit(LOOKED_AT)).all()
    found = [Hint("message", row.body, row.id) for row in rows if allowed(row.purpose, row.id)][:MOST]
    if len(found) < MOST and allowed("offer") and (pair := goes_with(session, person.id)):
        found.append(Hint("goes_with", pair[1], of=pair[0]))
    return {"hints": [to_json(each) for each in found]}


@call("POST", "/counters/<id>/hints:said", scope="counter", body=SaidBody, gives=SaidAnswer,
      answer="How many were still to be said.")  # fmt: skip
def said(session: Session, asked: Asked[SaidBody]) -> dict[str, Any]:
    """The cashier is done with these messages; they count as sent and do not come again."""
    theirs = sa.select(_AT.id).where(_waiting_of(asked.body.member), _AT.id.in_(asked.body.ids))
    ids = list(session.scalars(theirs))
    finish(session, ids, asked.now)
    return {"said": len(ids)}


@call("GET", "/counters/<id>/challenges", scope="counter", body=WhoQuery, gives=ChallengesAnswer,
      answer="What the member has met, the newest first, then what is nearest.")  # fmt: skip
def challenges(session: Session, asked: Asked[WhoQuery]) -> dict[str, Any]:
    """The member's badges and how far the open challenges are, for the kiosk."""
    rows = progress_of(session, _person(session, asked.body.member).id, asked.now)
    won = sorted((each for each in rows if each.won_at), key=lambda each: str(each.won_at), reverse=True)
    near = sorted((each for each in rows if not each.won_at), key=lambda each: -each.share)
    return {"challenges": [to_json(_shown(each)) for each in (*won, *near)][:MOST_CHALLENGES]}


def _shown(each: Progress) -> Challenge:
    target = f"{each.target.normalize():f}"
    reached = target if each.won_at else f"{min(each.reached, each.target).normalize():f}"
    return Challenge(each.challenge.name, each.challenge.badge, reached, target, each.won_at is not None)


def _person(session: Session, member: str) -> Member:
    person = session.get(Member, member)
    if person is None:
        raise UnknownMember(f"There is no member {member[:60]!r}; look the member up again.")
    return person


def _waiting_of(member: str) -> sa.ColumnElement[bool]:
    return sa.and_(_AT.member_id == member, _AT.channel == "hint", _AT.status == "waiting")
