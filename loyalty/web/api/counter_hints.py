"""What the cashier may say to the member who has come: hints that somebody wrote, and what goes with what they buy.

Two at most, all of it worked out before. Nothing for whoever said no to being known: consent is asked at this moment.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.contract.hints import Hint
from loyalty.contract.wire import to_json
from loyalty.errors import UnknownMember
from loyalty.insight.pairs_kept import goes_with
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.allowed import verdict
from loyalty.messages.rules import rules_of
from loyalty.messages.sender import finish
from loyalty.web.api.answers_cards import HintsAnswer, SaidAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_cards import HintsQuery, SaidBody

MOST, LOOKED_AT = 2, 10
_AT = messages.c


@call("GET", "/counters/<id>/hints", scope="counter", body=HintsQuery, gives=HintsAnswer,
      answer="At most two: a `message` to be said, or `goes_with`: who buys `of` often buys `text`.")  # fmt: skip
def hints(session: Session, asked: Asked[HintsQuery]) -> dict[str, Any]:
    """What the cashier may say to the member who stands there."""
    person = session.get(Member, asked.body.member)
    if person is None:
        raise UnknownMember(f"There is no member {asked.body.member[:60]!r}; look the member up again.")
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


def _waiting_of(member: str) -> sa.ColumnElement[bool]:
    return sa.and_(_AT.member_id == member, _AT.channel == "hint", _AT.status == "waiting")
