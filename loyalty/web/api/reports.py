"""What the shop wants to know, for programs: reports by name, campaigns as they stand."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_life import Campaign, all_campaigns
from loyalty.clock import rfc3339
from loyalty.insight.standard import read_report
from loyalty.web.api.answers import Day, Given, Moment, Money
from loyalty.web.api.answers_shop import LiabilityAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas import Strict
from loyalty.web.api.standing import liability


class ReportQuery(Strict):
    """Local days, both included; the last 28 when left out."""

    first: date | None = None
    last: date | None = None


class ColumnAnswer(Given):
    key: str
    unit: str
    meaning: str


class ReportAnswer(Given):
    report: str
    question: str
    first: Day
    last: Day
    columns: list[ColumnAnswer]
    rows: list[dict[str, Any]]


class CampaignAnswer(Given):
    id: str
    name: str
    state: str
    goal: str
    segment: str
    first: Day
    last: Day
    budget: Money
    started_at: Moment | None
    ended_at: Moment | None
    end_reason: str


class CampaignsAnswer(Given):
    campaigns: list[CampaignAnswer]


@call("GET", "/reports/liability", scope="read", gives=LiabilityAnswer, answer="What is owed, by wallet.")
def owed(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """What all members' points are worth, by wallet, as far as the day jobs have come."""
    return liability(session, asked)


@call("GET", "/reports/<name>", scope="read", body=ReportQuery, gives=ReportAnswer,
      answer="The columns with their meaning, and the rows.")  # fmt: skip
def report(session: Session, asked: Asked[ReportQuery]) -> dict[str, Any]:
    """A report of the back office by its name, such as `sales`, `earn-burn`, `expiring`, `tier-flow`."""
    found = read_report(session, asked.path["name"], asked.now, asked.body.first, asked.body.last).as_json()
    span = {"report": found.pop("name"), "first": found.pop("from"), "last": found.pop("to")}
    return {**span, **found}


@call("GET", "/campaigns", scope="read", gives=CampaignsAnswer, answer="All of them, as they stand.")
def campaigns(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """The shop's campaigns: planned, running and ended."""
    return {"campaigns": [_shown(each) for each in all_campaigns(session)]}


def _shown(each: Campaign) -> dict[str, Any]:
    plan = each.plan
    return {
        "id": each.id,
        "name": each.name,
        "state": each.state,
        "goal": plan.goal,
        "segment": plan.segment,
        "first": plan.first.isoformat(),
        "last": plan.last.isoformat(),
        "budget": f"{plan.budget:f}",
        "started_at": rfc3339(each.started_at) if each.started_at else None,
        "ended_at": rfc3339(each.ended_at) if each.ended_at else None,
        "end_reason": each.end_reason,
    }
