"""`set_programme`: a new version, whole or as a change of top-level keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.errors import Invalid
from loyalty.points import versions
from loyalty.points.body import Body
from loyalty.points.facts_tier import ReviewAll, VersionRow
from loyalty.points.plan import Plan
from loyalty.points.step import Step
from loyalty.points.store import ProgrammeVersion


def set_programme(step: Step, body: Body) -> None:
    """In force at once."""
    put(step.plan, document_of(step, body), step.now, step.booking)


def document_of(step: Step, body: Body) -> Mapping[str, Any]:
    given = {key: value for key, value in body.values.items() if key not in ("id", "member")}
    if "change" not in given:
        return given
    changes = given.pop("change")
    if given or not isinstance(changes, Mapping):
        raise Invalid("Give a whole programme, or `change` with a map of its top-level keys.", pointer="change")
    latest = step.plan.latest()
    assert latest is not None
    return {**latest.document, **changes}


def put(plan: Plan, document: Mapping[str, Any], effective_at: datetime, booking: str | None) -> ProgrammeVersion:
    """A version in force from `effective_at`. Invalid when the document is faulty or comes before the last one."""
    before = plan.latest()
    if before is not None and effective_at < before.at:
        raise Invalid("A later version is already planned; a new one cannot start before it.", pointer="effective_at")
    number = before.number + 1 if before else 1
    row = VersionRow(number, effective_at, document, booking)
    version = versions.follow(before, row)
    plan.put(row)
    plan.orders.append(ReviewAll(effective_at))
    return version
