"""The programme over the API: read, replaced by a new version; its rewards and levels."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.checkout.member_view import member_view, programme_of
from loyalty.checkout.words import worth_of
from loyalty.clock import rfc3339
from loyalty.db.base import exact_json
from loyalty.errors import Invalid, LoyaltyError, NotFound
from loyalty.ops.put_programme import Source, keep_source
from loyalty.points.exact import as_text, money_text
from loyalty.points.read_programme import read_text
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.points.yaml_core import load
from loyalty.web.api.answers_shop import HistoryAnswer, RewardsAnswer, TiersAnswer, VersionAnswer
from loyalty.web.api.calls import Answer, Asked, RawBody, call
from loyalty.web.api.documents import view_document
from loyalty.web.api.schemas import MemberQuery, Moment, Strict


class ProgrammeBody(RawBody):
    """PUT /programme: the document as JSON or YAML; `effective_at` in the query."""

    effective_at: Moment | None = None


class ProgrammeQuery(Strict):
    version: Annotated[int, Field(ge=1)] | None = None
    """Left out: the one in force."""


@call("GET", "/programme", scope="read", body=ProgrammeQuery, answer="The programme document.")
def show(session: Session, asked: Asked[ProgrammeQuery]) -> Answer:
    """The document in force now, or that of a `version`; its version stands in the ETag."""
    version = version_of(SqlFacts(session), asked.now, asked.body.version)
    headers = {"ETag": f'"{version.number}"', "Loyalty-In-Force-From": rfc3339(version.at)}
    return Answer(None, headers=headers, text=exact_json(version.document))


@call("GET", "/programme/versions", scope="read", gives=HistoryAnswer, answer="`versions`, the newest first.")
def history(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Every version there has been or will be, and from when it is in force."""
    return {"versions": history_of(SqlFacts(session))}


def history_of(facts: SqlFacts) -> list[dict[str, Any]]:
    """The newest first; empty in a shop without a programme."""
    return [
        {"version": each.number, "effective_at": rfc3339(each.at), "name": each.programme.name}
        for each in reversed(facts.versions(0))
    ]


@call("PUT", "/programme", scope="programme", body=ProgrammeBody, gives=VersionAnswer,
      answer="`version` and `effective_at`.")  # fmt: skip
def put(session: Session, asked: Asked[ProgrammeBody]) -> dict[str, Any]:
    """A new version, in force from `effective_at` (default now). A faulty document is refused with place and line."""
    text = _text(asked)
    _, document = read_text(text)
    return _put(session, asked, document, text)


@call("PATCH", "/programme", scope="programme", body=ProgrammeBody, gives=VersionAnswer,
      answer="`version` and `effective_at`.")  # fmt: skip
def change(session: Session, asked: Asked[ProgrammeBody]) -> dict[str, Any]:
    """A new version in which top-level keys of the last one are replaced by those of the body."""
    latest = SqlFacts(session).latest()
    if latest is None:
        raise LoyaltyError("The shop has no programme yet; put one first.", code="not_ready")
    changes = load(_text(asked)).value
    if not isinstance(changes, Mapping):
        raise Invalid("Give a map of top-level keys of the programme.")
    return _put(session, asked, {**latest.document, **changes})


def _put(
    session: Session, asked: Asked[ProgrammeBody], document: Mapping[str, Any], text: str = ""
) -> dict[str, Any]:
    return put_document(session, document, asked.now, asked.body.effective_at, asked.if_match, text)


def put_document(
    session: Session,
    document: Mapping[str, Any],
    now: datetime,
    effective_at: datetime | None = None,
    seen: int | None = None,
    text: str = "",
) -> dict[str, Any]:
    """`version` and `effective_at` of a new version. `seen`: refused when the last one has another number.

    `text`: the document as it was written, which the back office shows with its comments. Only the first version may
    start in the past, for history that is brought along.
    """
    ledger = Ledger(session)
    latest = ledger.facts.latest()
    if seen is not None and (latest is None or latest.number != seen):
        raise LoyaltyError("The programme was changed meanwhile; read it again.", code="precondition_failed")
    moment = effective_at or now
    if latest is not None and moment < now:
        raise Invalid(
            "A version cannot start in the past: sales were booked by the one before.", pointer="/effective_at"
        )
    ledger.put_programme(document, now, moment)
    number = latest.number + 1 if latest else 1
    keep_source(session, Source(number, text, "", "", now))
    return {"version": number, "effective_at": rfc3339(moment)}


def _text(asked: Asked[ProgrammeBody]) -> str:
    try:
        return asked.body.raw.decode()
    except UnicodeDecodeError as error:
        raise LoyaltyError("The programme is not UTF-8 text.", code="not_json") from error


def version_of(facts: SqlFacts, now: datetime, number: int | None = None) -> ProgrammeVersion:
    """The version of that number, else the one in force. `not_ready` while the shop has none."""
    in_force = programme_of(facts, now)
    known = facts.versions(0)
    if number is not None and not 1 <= number <= len(known):
        raise NotFound(f"There is no version {number}; the last one is {len(known)}.")
    return in_force if number is None else known[number - 1]


@call("GET", "/rewards", scope="read", body=MemberQuery, gives=RewardsAnswer,
      answer="`rewards`; for a member those possible now.")  # fmt: skip
def rewards(session: Session, asked: Asked[MemberQuery]) -> dict[str, Any]:
    """The programme's rewards, or those that one member could redeem now, the dearest first."""
    facts = SqlFacts(session)
    if asked.body.member is not None:
        return {"rewards": view_document(member_view(facts, asked.body.member, asked.now))["rewards"]}
    programme = programme_of(facts, asked.now).programme
    found = []
    for reward in programme.rewards.values():
        decimals = programme.wallets[reward.wallet].decimals
        cost = None if reward.cost is None else money_text(reward.cost, decimals)
        worth = worth_of(reward, programme, "en")
        found.append({"name": reward.name, "wallet": reward.wallet, "cost": cost, "worth": worth,
                      "tiers": list(reward.tiers)})  # fmt: skip
    return {"rewards": found}


@call("GET", "/tiers", scope="read", gives=TiersAnswer, answer="`tiers` from the lowest to the highest.")
def tiers(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """The levels with their thresholds (in the metric's own unit) and benefits."""
    programme = programme_of(SqlFacts(session), asked.now).programme
    levels = programme.tiers.levels if programme.tiers else ()
    metric = programme.tiers.metric if programme.tiers else None
    scale = 10**programme.digits if metric == "spend" else 1
    found = []
    for level in levels:
        start = as_text(Fraction(level.threshold) / scale)
        found.append({"name": level.name, "rank": level.rank, "from": start, "benefits": _plain(level.benefits)})
    return {"metric": metric, "tiers": found}


def _plain(benefits: Any) -> dict[str, Any]:
    return {key: value if isinstance(value, str | bool | int) else str(value) for key, value in benefits.items()}
