"""A member's record as a whole over the API: merged with another and parted again, taken away, erased."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.checkout.erase_member import answers_naming, erase_member
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.merge_members import merge_members, preview_merge, undo_merge
from loyalty.checkout.personal_data import personal_data
from loyalty.errors import LoyaltyError
from loyalty.members.enrolment import get_member
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.answers import Given, Points
from loyalty.web.api.calls import Answer, Asked, call
from loyalty.web.api.documents import points
from loyalty.web.api.schemas import Id, Strict

Why = Annotated[str, Field(max_length=200)]


class MergeBody(Strict):
    """POST /members:merge: `merge` goes, `keep` goes on. With `preview` nothing changes."""

    keep: Id
    merge: Id
    preview: bool = False
    reason: Why = ""


class UnmergeBody(Strict):
    """POST /members:unmerge: within 30 days; what was spent meanwhile stays spent."""

    merge: Id
    reason: Why = ""


class EraseQuery(Strict):
    reason: Why = ""


class MergeAnswer(Given):
    id: str
    """The member who goes on."""
    merged: str
    merge: str | None
    """Under which it can be undone; null for a preview."""
    points: dict[str, Points]
    cards: int
    vouchers: int
    tier: str | None
    taken: list[str]


class PartedAnswer(Given):
    id: str
    merged: str


class ErasedAnswer(Given):
    id: str
    status: str


@call("POST", "/members:merge", scope="members", body=MergeBody, gives=MergeAnswer, answer="What passed over.")
def merge(session: Session, asked: Asked[MergeBody]) -> dict[str, Any]:
    """Makes two records of one person one: points, cards, vouchers, missing contact and the higher level pass over."""
    body = asked.body
    seen = preview_merge(session, body.keep, body.merge, asked.now)
    programme = programme_of(SqlFacts(session), asked.now).programme
    id = None
    if not body.preview:
        id = merge_members(session, body.keep, body.merge, f"key:{asked.key.id}", body.reason, asked.now)
    return {
        "id": seen.keep,
        "merged": seen.merge,
        "merge": id,
        "points": {
            name: points(Decimal(units).scaleb(-programme.wallet(name).decimals), programme.wallet(name).decimals)
            for name, units in seen.points.items()
        },
        "cards": seen.cards,
        "vouchers": seen.vouchers,
        "tier": seen.level,
        "taken": sorted(seen.taken),
    }


@call("POST", "/members:unmerge", scope="members", body=UnmergeBody, gives=PartedAnswer, answer="The two members.")
def unmerge(session: Session, asked: Asked[UnmergeBody]) -> dict[str, Any]:
    """Brings a merged record back, with what is left of its points, and its cards and vouchers."""
    found = undo_merge(session, asked.body.merge, f"key:{asked.key.id}", asked.now)
    return {"id": found.kept_id, "merged": found.merged_id}


@call("GET", "/members/<id>/personal-data", scope="members", answer="All that is kept of the person, table by table.")
def take_away(session: Session, asked: Asked[Any]) -> Answer:
    """The person's copy: record, cards, consents, sales, every movement of points, levels, tasks."""
    return Answer(personal_data(session, asked.path["id"]))


def _answers(session: Session, asked: Asked[Any]) -> list[str]:
    return answers_naming(session, get_member(session, asked.path["id"]).id)


@call("DELETE", "/members/<id>", scope="members", body=EraseQuery, gives=ErasedAnswer, answer="What is left.",
      before=_answers)  # fmt: skip
def erase(session: Session, asked: Asked[EraseQuery]) -> dict[str, Any]:
    """Erases the person for ever. Sales and points stay under a number that names nobody, and the ledger verifies."""
    member = get_member(session, asked.path["id"])
    if asked.if_match is not None and asked.if_match != member.version:
        raise LoyaltyError(
            "The member was changed by somebody else meanwhile; read it again.", code="precondition_failed"
        )
    erase_member(session, member.id, f"key:{asked.key.id}", asked.body.reason, asked.now, asked.found)
    return {"id": member.id, "status": "erased"}

