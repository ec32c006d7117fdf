"""155,848 baskets of 2,469 households, brought in by `loyalty import`: every headline and campaign as in pandas."""

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.campaigns.campaign_groups import groups_of
from loyalty.campaigns.campaign_life import all_campaigns
from loyalty.campaigns.campaign_result import Arm, result_of
from loyalty.db.session import read
from loyalty.insight.analyses import ANALYSES
from loyalty.insight.analysis import Scope
from loyalty.insight.report import Span
from loyalty.insight.values import refresh_values
from loyalty.members.tables import Member
from loyalty.members.value_tables import value_models
from loyalty.points.sql_facts import SqlFacts
from tests.insight.complete_journey.world import CLOSING, MECHANICS, TODAY, ZONE, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
SPAN = Span(date(2017, 1, 2), TODAY)
EVENING = datetime(2018, 1, 1, 23, tzinfo=ZONE)


@pytest.fixture(scope="module")
def engine(world: World) -> Any:
    made = world.engine
    refresh_values(made, EVENING)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def answers(world: World, engine: Engine) -> Any:
    """What pandas says, told who is in which group and which parameters were fitted."""
    types = {f"Campaign {each['id']}": (str(each["id"]), each["type"])
             for each in json.loads((world.folder / "campaigns.json").read_text())}  # fmt: skip
    groups: dict[str, Any] = {}
    with read(engine) as session:
        numbers = {id: number for id, number in session.execute(sa.select(Member.id, Member.number))}
        for found in all_campaigns(session):
            arms: dict[str, list[str]] = defaultdict(list)
            for member, arm in groups_of(session, found.id).items():
                arms[arm].append(numbers[member])
            id, kind = types[found.name]
            groups[id] = {"arms": arms, "mechanics": MECHANICS[kind]}
        model = session.execute(sa.select(value_models)).one()
    (world.folder / "groups.json").write_text(json.dumps(groups))
    (world.folder / "model.json").write_text(json.dumps(model.parameters))
    world.pandas("answers")
    return {**json.loads((world.folder / "answers.json").read_text()), "log_likelihood": model.log_likelihood}


def scope_of(session: Any) -> Scope:
    version = SqlFacts(session).latest()
    assert version is not None
    return Scope(session, version.programme, SPAN, TODAY)


def test_every_headline_of_the_seven_analyses(engine: Engine, answers: Any) -> None:
    with read(engine) as session:
        scope = scope_of(session)
        found = {f"{name}.{each.name}": (each.unit, each.read(scope))
                 for name, one in ANALYSES.items() for each in one.headlines}  # fmt: skip
    wanted = dict(answers["headlines"])
    wanted["prospecting.risk"] = answers["models"]["risk"]
    for name, (unit, value) in found.items():
        if name == "prospecting.expected":
            assert abs(value - Decimal(answers["models"]["expected"]) / 100) <= Decimal("0.01"), name
            continue
        expected = wanted.pop(name)
        if unit == "percent":
            expected = round(Decimal(expected), 1)
        elif unit == "money":
            expected = Decimal(expected) / 100
        assert value == expected, name
    assert wanted == {}


def test_tables_by_store_weekday_category_and_month(engine: Engine, answers: Any) -> None:
    with read(engine) as session:
        scope = scope_of(session)
        for view in ("store", "weekday", "category"):
            wanted = answers["tables"][view]
            shown = ANALYSES["performance"].view(view)
            assert shown is not None
            rows = {row[0]: [row[1], row[2], int(Decimal(str(row[3])) * 100)] for row in shown.read(scope)}
            assert rows == {name: wanted[name] for name in rows}, view
            assert len(rows) == min(len(wanted), 200 if view == "category" else len(wanted))
        months, trend = ANALYSES["persistency"].view("month"), ANALYSES["prospecting"].view("trend")
        assert months is not None and trend is not None
        buyers, net = {row[0]: row[1] for row in months.read(scope)}, {row[0]: row[1] for row in trend.read(scope)}
    inside = {name: each for name, each in answers["tables"]["month"].items() if name not in ("2017-01", "2018-01")}
    assert {name: buyers[name] for name in inside} == {name: each[0] for name, each in inside.items()}
    assert {name: net[name] * 100 for name in inside} == {name: each[1] for name, each in inside.items()}


def test_the_model_is_as_likely_as_scipy_can_make_it(answers: Any) -> None:
    best, ours = answers["models"]["log_likelihood"], answers["log_likelihood"]
    assert abs(answers["models"]["at_given"] - ours) < 0.01, "the same function"
    assert ours > best - 0.01, "and its top"


def told(arm: Arm) -> dict[str, Any]:
    found = {"members": arm.members, "buyers": arm.buyers, "sales": arm.sales, "takers": arm.takers, "cost": arm.cost}
    return found | {"uplift": None if arm.uplift is None else (arm.uplift.difference, arm.uplift.low, arm.uplift.high)}


def test_results_of_all_campaigns(engine: Engine, answers: Any) -> None:
    with read(engine) as session:
        results = {found.name.split()[-1]: result_of(session, found, CLOSING) for found in all_campaigns(session)}
    assert len(results) == 27
    sure = 0
    for id, result in results.items():
        for arm in result.groups:
            mine, wanted = told(arm), answers["campaigns"][id][arm.name]
            if arm.name == "hold":
                mine["uplift"] = wanted["uplift"] = None
            if mine["uplift"] is not None and wanted["uplift"] is not None:
                width = wanted["uplift"][2] - wanted["uplift"][1]
                close = pytest.approx(tuple(wanted.pop("uplift")), abs=0.001 * width)
                assert mine.pop("uplift") == close, (id, arm.name)
                sure += 1
            assert mine == wanted, (id, arm.name)
    assert sure >= 25
