"""Scenario files through the HTTP API: what the engine promises, a program gets, number by number."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from loyalty.cli.main import loyalty
from loyalty.cli.scenario import scenario as command
from loyalty.scenarios.api_backend import _CALLS, ApiBackend
from loyalty.scenarios.reader import Scenario, read_file
from loyalty.scenarios.runner import Outcome, run
from loyalty.web.api.calls import CALLS
from loyalty.web.api.stage import api_backends
from tests.scenario_files import FILES, scenarios_of

EVERY = 25

Make = Callable[[], ApiBackend]


@pytest.fixture(scope="module")
def make() -> Iterator[Make]:
    with api_backends() as made:
        yield made


def every_scenario() -> list[Scenario]:
    return [scenario for file in FILES for scenario in scenarios_of(file)]


def failures(scenarios: list[Scenario], make: Make) -> list[Outcome]:
    outcomes = [run(each, make()) for each in scenarios]
    return [outcome for outcome in outcomes if not outcome.passed]


def test_some_of_every_file_hold_through_the_api(make: Make) -> None:
    some = [each for file in FILES for each in scenarios_of(file)[::EVERY]]
    assert len(some) > 25
    assert failures(some, make) == []


@pytest.mark.slow
def test_all_scenarios_hold_through_the_api(make: Make) -> None:
    assert failures(every_scenario(), make) == []


@pytest.mark.slow
@pytest.mark.postgres
def test_all_scenarios_hold_through_the_api_on_postgresql(fresh_postgres: str) -> None:
    with api_backends(fresh_postgres) as make:
        assert failures(every_scenario(), make) == []


def test_every_verb_is_a_call_of_the_api() -> None:
    known = {(one.method, re.sub(r"<\w+>", "{}", one.path)) for one in CALLS}
    assert {(method, re.sub(r"{\w+}", "{}", path)) for method, path in _CALLS.values()} <= known


HEAD = "scenario: S\nprogramme: {wallets: {points: {}}, earn: [{name: base, per_amount: {points: 1, per: 3}}]}\n"
WRONG = [
    ("{purchase: {amount: 7}, expect: {last: {earned: 3}}}", 1, "last.earned.points"),
    ("{purchase: {amount: 7}, expect: {balance: 3}}", 1, "balance"),
    ("{purchase: {amount: 7}, expect: {wallets: {points: {lots: []}}}}", 1, "wallets.points.lots"),
    ("{purchase: {amount: 7}, expect: {wallets: {points: {rows: 2}}}}", 1, "wallets.points.rows"),
    ("{purchase: {amount: 7}, expect: {last: {explanation: [{rule: other}]}}}", 1, "last.explanation.points[0].rule"),
    ("{purchase: {amount: 7}, expect: {liability: {points: 1}}}", 1, "liability.points"),
    ("{purchase: {amount: 7}, expect: {segments: {loyal: [alice]}}}", 1, "segments.loyal"),
    ("{purchase: {amount: 7}, expect_error: invalid}", 1, "expect_error"),
    ("{return: {of: nothing, all: true}}", 1, "expect_error"),
    ("{debit: {points: 1}, expect_error: invalid}", 1, "expect_error"),
]


@pytest.mark.parametrize(("step", "number", "place"), WRONG)
def test_nothing_wrong_passes(make: Make, tmp_path: Path, step: str, number: int, place: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{HEAD}steps: [{step}]\n", encoding="utf-8")
    (found,) = read_file(file)
    outcome = run(found, make())
    assert (outcome.passed, outcome.step, outcome.place) == (False, number, place)


def test_a_scenario_does_not_see_what_another_did(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{HEAD}steps: [{{purchase: {{id: A, amount: 3}}, expect: {{balance: 1}}}}]\n", encoding="utf-8")
    (found,) = read_file(file)
    assert [run(found, make()).passed for _ in range(2)] == [True, True]


@pytest.mark.parametrize("through", ["engine", "api"])
def test_the_command_uses_the_database_named_and_leaves_it_alone(tmp_path: Path, through: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{HEAD}steps: [{{purchase: {{amount: 3}}, expect: {{balance: 1}}}}]\n", encoding="utf-8")
    (tmp_path / "shop.sqlite").write_bytes(b"somebody's own")
    options = ["--through", through, "--database", f"sqlite:///{tmp_path / 'shop.sqlite'}", "--json"]
    result = CliRunner().invoke(command, [str(file), *options])
    assert (result.exit_code, json.loads(result.stdout)["passed"]) == (0, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.yaml", "shop.sqlite"]
    assert (tmp_path / "shop.sqlite").read_bytes() == b"somebody's own"


@pytest.mark.parametrize("url", ["hello", "sqlite:////no/such/folder/x.sqlite", "postgresql://nobody@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_is_named(tmp_path: Path, url: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(HEAD, encoding="utf-8")
    result = CliRunner().invoke(loyalty, ["scenario", str(file), "--through", "api", "--database", url])
    assert result.exit_code == 1
    assert url.split("://")[-1].split("@")[-1].strip("/").split("/")[0] in str(result.exception)
