"""The runner of scenario files: what it says when something does not hold, and what it refuses to read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from loyalty.cli.programme import programme
from loyalty.cli.scenario import scenario
from loyalty.errors import Invalid
from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.reader import read_file
from loyalty.scenarios.runner import Outcome, run

HEAD = """\
scenario: S
programme:
  wallets: {points: {}, stars: {}}
  earn: [{name: base, per_amount: {points: 1, per: 3, steps: exact}}]
"""


def outcome_of(tmp_path: Path, steps: str, head: str = HEAD) -> Outcome:
    file = tmp_path / "s.yaml"
    file.write_text(f"{head}steps:\n{steps}", encoding="utf-8")
    (found,) = read_file(file)
    return run(found, EngineBackend())


def test_a_difference_is_named_with_step_place_and_reason(tmp_path: Path) -> None:
    steps = "  - {credit: {points: 1}}\n  - {purchase: {amount: 10}, expect: {last: {earned: 4}, balance: 4}}\n"
    outcome = outcome_of(tmp_path, steps)
    assert (outcome.passed, outcome.step, outcome.place) == (False, 2, "last.earned.points")
    assert (outcome.expected, outcome.actual) == (4, 3)
    assert outcome.explanation["points"][0]["points"] == "3.333333"


WRONG = [
    ("{purchase: {amount: 3}, expect: {balance: 2}}", "balance"),
    ("{purchase: {amount: 3}, expect: {wallets: {points: {lots: []}}}}", "wallets.points.lots"),
    ("{purchase: {amount: 3}, expect: {wallets: {points: {rows: {earn: 2}}}}}", "wallets.points.rows.earn"),
    ("{purchase: {amount: 3}, expect: {wallets: {points: {rows: 0}}}}", "wallets.points.rows"),
    ("{purchase: {amount: 3}, expect: {last: {explanation: []}}}", "last.explanation.points"),
    ("{purchase: {amount: 3}, expect: {tier: Gold}}", "tier"),
    ("{purchase: {amount: 3}, expect: {vouchers: [{id: V1}]}}", "vouchers"),
    ("{purchase: {amount: 3}, expect: {segments: {good: [alice]}}}", "segments.good"),
    ("{purchase: {amount: 3}, expect: {last: {earned: {stars: 1}}}}", "last.earned.stars"),
    ("{credit: {points: 3, expires_at: '2026-02-01'}, expect: {wallets: {points: {lots: [{expires_at: null}]}}}}",
     "wallets.points.lots[0].expires_at"),
    ("{credit: {points: 3}, expect: {wallets: {points: {lots: [{expires_on: '2026-02-01'}]}}}}",
     "wallets.points.lots[0].expires_on"),
    ("{purchase: {amount: 3}, expect: {wallets: {gold: {available: 1}}}}", "wallets.gold.available"),
    ("{purchase: {amount: 3}, expect_error: invalid}", "expect_error"),
    ("{debit: {points: 3}}", "expect_error"),
    ("{debit: {points: 3}, expect_error: invalid}", "expect_error"),
    ("{debit: {points: 3}, expect_error: insufficient_points, expect: {last: {error: invalid}}}", "last.error"),
    ("{purchase: {amount: 3}, expect: {balanse: 1}}", "balanse"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "place"), WRONG)
def test_nothing_wrong_passes(tmp_path: Path, step: str, place: str) -> None:
    outcome = outcome_of(tmp_path, f"  - {step}\n")
    assert (outcome.passed, outcome.step, outcome.place) == (False, 1, place)


RIGHT = [
    "{purchase: {amount: 3}, expect: {wallets: {stars: {available: 0}}, last: {spent: 0, free_items: {}}}}",
    "{purchase: {amount: 3}, expect: [{balance: 1.0}, {wallets: {points: {rows: {earn: 1, spend: 0}}}}]}",
    "{at: '2026-01-01T23:00', expect: {tier: null, tier_since: null, to_next: null, liability: {points: 0}}}",
    "{purchase: {amount: 1}, expect: {last: {explanation: [{points: 0.333333}, {rule: rounding}]}}}",
]


@pytest.mark.parametrize("step", RIGHT)
def test_only_what_is_written_is_compared(tmp_path: Path, step: str) -> None:
    assert outcome_of(tmp_path, f"  - {step}\n").passed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scenario: S\nprogramme: {wallets: {points: {}}}\nstages: []\n", "stages: unknown key 'stages'"),
        ("scenario: S\n", "a programme or a programme_file"),
        (f"{HEAD}steps:\n  - {{credit: {{points: 1}}, debit: {{points: 1}}}}\n", "one verb, not credit and debit"),
        ("scenario: S\nprogramme_file: nowhere.yaml\n", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_file(file)
    assert says in str(refused.value)


def test_a_programme_may_lie_in_a_file_beside_and_scenarios_in_a_list_of_json(tmp_path: Path) -> None:
    (tmp_path / "club.yaml").write_text("{wallets: {points: {}}, earn: [{name: a, fixed: 2}]}", encoding="utf-8")
    step = {"purchase": {"amount": 1.5}, "expect": {"balance": 2}}
    document = [{"scenario": name, "programme_file": "club.yaml", "steps": [step]} for name in ("one", "two")]
    (tmp_path / "s.json").write_text(json.dumps(document), encoding="utf-8")
    assert [run(each, EngineBackend()).passed for each in read_file(tmp_path / "s.json")] == [True, True]


def test_the_command_answers_with_json_and_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    step = "steps: [{purchase: {amount: 3}, expect: {balance: %s}}]\n"
    file.write_text(f"---\n{HEAD}{step % 1}---\n{HEAD}{step % 2}", encoding="utf-8")
    result = CliRunner().invoke(scenario, [str(file), "--json"])
    document = json.loads(result.stdout)
    assert (result.exit_code, document["passed"], document["failed"]) == (1, 1, 1)
    assert document["results"][0] == {"scenario": "S", "passed": True, "step": None, "expected": None, "actual": None}
    failed = document["results"][1]
    assert (failed["step"], failed["expected"], failed["actual"], failed["place"]) == (1, 2, 1, "balance")
    assert "expected 2" in CliRunner().invoke(scenario, [str(file)]).stdout


def test_a_programme_is_checked_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "club.yaml"
    file.write_text("wallets: {points: {}}\nearn:\n  - {name: a}\n", encoding="utf-8")
    result = CliRunner().invoke(programme, ["check", str(file), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["place"]) == (1, "earn[0]")
    assert "(line 3)" in CliRunner().invoke(programme, ["check", str(file)]).stdout
    file.write_text("wallets: {points: {}}\n", encoding="utf-8")
    assert (
        CliRunner().invoke(programme, ["check", str(file)]).stdout.startswith("This programme can be used: 1 wallets")
    )


@pytest.mark.slow
@pytest.mark.postgres
def test_each_scenario_finds_an_empty_schema_whatever_the_program_has_imported(
    tmp_path: Path, fresh_postgres: str
) -> None:
    file = tmp_path / "s.yaml"
    step = "steps: [{purchase: {id: A, amount: 3}, expect: {balance: 1, tier: Basic}}]\n"
    levels = "  tiers: {metric: spend, levels: [{name: Basic, from: 0}]}\n"
    file.write_text(f"---\n{HEAD}{levels}{step}---\n{HEAD}{levels}{step}", encoding="utf-8")
    words = ["scenario", str(file), "--database", fresh_postgres, "--json"]
    command = [sys.executable, "-c", "from loyalty.cli.main import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, json.loads(done.stdout)["passed"]) == (0, 2), done.stderr
