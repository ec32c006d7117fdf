"""The template for drivers of other packages: installed as its maker would, found and checked without a change here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waits import first_line

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "docs" / "driver-template"
MAIN = "from loyalty.cli.main import main; main()"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables of a place that has the template installed; nothing is fetched."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-deps",
         "--no-compile", "--disable-pip-version-check", "--target", str(target), str(TEMPLATE)],
        check=True, timeout=90, cwd=target, capture_output=True,
    )  # fmt: skip
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


@pytest.fixture(scope="module")
def simulator(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    words = [sys.executable, "-m", "simulators", "acme-vfd220", "--tcp", "127.0.0.1:0", "--speed", "fast"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    assert process.stdout is not None
    yield json.loads(first_line(process))
    process.terminate()
    process.communicate(timeout=30)


def run(environment: dict[str, str], *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", MAIN, "devices", *words], capture_output=True, text=True, input=typed,
                          env=environment, timeout=120)  # fmt: skip


def test_its_profile_is_among_the_others(environment: dict[str, str]) -> None:
    rows = {row["name"]: row for row in json.loads(run(environment, "profiles", "--json").stdout)}
    assert rows["acme-vfd220"]["roles"] == ["line_display"] and "star-tcp300ii" in rows
    assert "acme_display" in run(environment, "list").stdout


def test_the_check_holds_on_its_simulator(environment: dict[str, str], simulator: dict[str, str]) -> None:
    done = run(environment, "check", "--profile", "acme-vfd220", "--port", simulator["port"], "--json")
    report = json.loads(done.stdout)
    assert report["held"], report
    assert sum(step["result"] == "held" for step in report["steps"]) == 9


def test_its_verbs_and_bytes_can_be_talked_to(environment: dict[str, str], simulator: dict[str, str]) -> None:
    said = run(environment, "talk", "--profile", "acme-vfd220", "--port", simulator["port"], typed='show "HI|YOU"\n')
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Command letter='L' text='1HI'" in said.stdout and "Reply good=True" in said.stdout


def test_its_settings_are_offered(environment: dict[str, str]) -> None:
    ask = (
        "from loyalty.devices.options import options_of, set_for; from loyalty.devices.profiles import read_profile;"
        "p = read_profile('acme-vfd220');"
        "print(*(o.fact for o in options_of(p)), set_for(p, {'brightness': 4})['brightness'])"
    )
    words = [sys.executable, "-c", ask]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert done.stdout.split() == ["line.baudrate", "line.parity", "brightness", "4"]
