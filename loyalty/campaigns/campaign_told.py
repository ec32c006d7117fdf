"""The message of a campaign: who is still to be sent it, who was, and what is stopped when the campaign ends.

Whether a member may be written to is decided where all messages leave (`loyalty.messages.post`), not here; whoever is
held out is never among those to be told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_plan import Plan
from loyalty.errors import Invalid
from loyalty.members.message_tables import message_templates, messages
from loyalty.members.persons import who_goes_on

COUNTED = ("waiting", "sending", "sent", "unsure")


@dataclass(frozen=True)
class Telling:
    """`members` are still to be sent `template`."""

    template: str
    members: Sequence[str]


def kind_of(campaign_id: str) -> str:
    """The occasion of the campaign's messages: the same one reaches a member once."""
    return f"campaign:{campaign_id}"


def check_messages(session: Session, plan: Plan) -> None:
    """Invalid when a template that the plan names is not there, is out of use, or is no offer, which needs a yes."""
    at = message_templates.c
    for wanted in {each.message for each in plan.mechanics if each.message}:
        purpose = session.scalar(sa.select(at.purpose).where(at.id == wanted, at.retired.is_(False)))
        if purpose is None:
            raise Invalid("The message is not there any more, or out of use; choose another.", pointer="message")
        if purpose != "offer":
            raise Invalid("A campaign's message is an offer, which needs a yes; choose a template for offers.",
                          pointer="message")  # fmt: skip


def still_to_tell(session: Session, campaign_id: str, plan: Plan) -> list[Telling]:
    """Of a campaign that runs: group by group, without those held out and those who were told."""
    if not any(each.message for each in plan.mechanics):
        return []
    groups, done = groups_of(session, campaign_id), _fates(session, campaign_id)
    found = []
    for arm, mechanic in zip(plan.arms, plan.mechanics, strict=True):
        waiting = [member for member, own in sorted(groups.items()) if own == arm and member not in done]
        if mechanic.message and waiting:
            found.append(Telling(mechanic.message, waiting))
    return found


def told_of(session: Session, campaign_id: str, groups: Mapping[str, str], arm: str) -> tuple[int, int]:
    """To how many of the group the message was sent or is on its way, and to how many it was not."""
    fates = _fates(session, campaign_id)
    found = Counter(fate in COUNTED for member, fate in fates.items() if groups.get(member) == arm)
    return found[True], found[False]


def withhold_waiting(session: Session, campaign_id: str, now: datetime) -> None:
    """What has not left when the campaign ends stays here."""
    stays = {"status": "withheld", "reason": "over", "ended_at": now, "subject": "", "body": ""}
    session.execute(sa.update(messages).where(_of(campaign_id), messages.c.status == "waiting").values(**stays))


def _fates(session: Session, campaign_id: str) -> dict[str, str]:
    """Member -> what became of the message; of merged records that of the one which was sent it."""
    at, person, found = messages.c, who_goes_on(session), dict[str, str]()
    for member, status in session.execute(sa.select(at.member_id, at.status).where(_of(campaign_id))):
        if found.get(person(member)) not in COUNTED:
            found[person(member)] = status
    return found


def _of(campaign_id: str) -> sa.ColumnElement[bool]:
    """Keys that begin with the occasion and a bar: the index finds them."""
    kind = kind_of(campaign_id)
    return messages.c.key.between(f"{kind}|", f"{kind}" + "}")
