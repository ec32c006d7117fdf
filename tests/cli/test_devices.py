"""`loyalty devices` as technicians type it, against simulators that run as programs of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.devices.check.every_device import BEFORE
from tests.waits import first_line

MAIN = "from loyalty.cli.main import main; main()"


def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, "devices", *words], capture_output=True, text=True, input=typed, timeout=120
    )


class Simulator:
    """`loyalty simulate` or `replay`, found by the other commands through the note that it leaves."""

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.ready = json.loads(first_line(self._process))
        self.device = ("--profile", self.ready["profile"], "--port", self.ready["port"])

    def end(self) -> str:
        """What it said on standard error."""
        self._process.terminate()
        return self._process.communicate(timeout=30)[1]


@pytest.fixture(scope="module")
def star() -> Iterator[Simulator]:
    simulator = Simulator("simulators", "star-tcp300ii", "--tcp", "127.0.0.1:0", "--speed", "fast")
    yield simulator
    simulator.end()


def test_a_simulator_is_recognised_and_checked_without_hands(star: Simulator, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run("check", *star.device, "--json", "--html", str(page))
    report = json.loads(done.stdout)
    assert (done.returncode, report["held"], report["simulated"]) == (0, True, True)
    assert [step["name"] for step in report["steps"][: len(BEFORE)]] == [step.name for step in BEFORE]
    assert "SIMULATED" in page.read_text("utf-8")


def test_a_check_that_does_not_hold_is_exit_code_1(star: Simulator) -> None:
    done = run("check", "--profile", "star-tcp300", "--port", star.ready["port"])
    assert done.returncode == 1
    assert "Choose the profile" in done.stdout and "does not hold" in done.stdout


def test_hardware_with_unverified_facts_is_asked_for_first(star: Simulator) -> None:
    """The same port under another name is no simulator's any more."""
    port = star.ready["port"].replace("127.0.0.1", "localhost")
    refused = run("talk", "--profile", "star-tcp300ii", "--port", port)
    assert refused.returncode == 2
    assert "dots_per_mm" in refused.stderr and "--accept-unverified" in refused.stderr
    driven = run("talk", "--profile", "star-tcp300ii", "--port", port, "--accept-unverified", typed="status\n")
    assert driven.returncode == 0 and '"ready"' in driven.stdout


def test_a_person_at_a_terminal_may_say_no(star: Simulator) -> None:
    port = star.ready["port"].replace("127.0.0.1", "localhost")
    host, terminal = os.openpty()
    words = [sys.executable, "-c", MAIN, "devices", "talk", "--profile", "star-tcp300ii", "--port", port]
    asked = subprocess.Popen(words, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal)
    os.write(host, b"n\n")
    assert asked.wait(60) == 2
    told = os.read(host, 65536).decode()
    os.close(host)
    os.close(terminal)
    assert "Drive it all the same?" in told and "Nothing was sent" in told


def test_talking_to_a_device_from_a_script(star: Simulator) -> None:
    said = run("talk", *star.device, typed="help\nstatus\nposition\nhex 02 59 03 5A\nread_stripe 2\nwire off\n")
    assert "take_in [timeout_s]: " in said.stdout
    assert "SensorStatus" in said.stdout and "06 02 59 20" in said.stdout
    assert said.returncode == 1, "reading a stripe without a card fails, so does the script"
    assert "Put the card in." in said.stdout


MORE_NONSENSE = ("read_stripe", "read_stripe two", "status now")


@pytest.mark.parametrize(
    "typed", ["fly", "hex 0G", *(pytest.param(each, marks=pytest.mark.slow) for each in MORE_NONSENSE)]
)
def test_nonsense_is_answered_in_one_sentence(star: Simulator, typed: str) -> None:
    said = run("talk", *star.device, typed=f"wire off\n{typed}\n")
    assert said.returncode == 1
    (line,) = [line for line in said.stdout.splitlines() if line.startswith("Error: ")]
    assert line.endswith((".", "…")) or ":" in line
    assert said.stderr == ""


def test_a_field_trace_becomes_a_simulator(star: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "field.jsonl"
    traced = run("trace", *star.device, "--seconds", "0.5", "--raw", "--out", str(file))
    assert traced.returncode == 0 and "SensorStatus" in traced.stdout
    simulator = Simulator("simulators.replay", str(file), "--tcp", "127.0.0.1:0", "--speed", "fast")
    said = run("talk", *simulator.device, typed="wire off\n" + "status\n" * 3)
    told = simulator.end()
    assert '"ready"' in said.stdout and "SIMULATED" in said.stdout
    assert "The trace is at its end" in told and "going on at row" in told, "in the field it was asked less often"


def test_profiles_tell_what_is_known_and_from_where() -> None:
    rows = {row["name"]: row for row in json.loads(run("profiles", "--json").stdout)}
    star = rows["star-tcp300ii"]
    assert star["roles"] == ["card_printer", "magstripe"] and "prints 480x320 dots" in star["capabilities"]
    assert star["provenance"]["manual"] > star["provenance"]["unverified"] > 0
    told = run("profiles", "star-tcp300ii").stdout
    assert "face_dots = [480, 320]" in told and "manual: S1, S2 section 4-2" in told


def test_the_list_has_simulated_ports_with_their_profile(star: Simulator) -> None:
    ports = {row["port"]: row for row in json.loads(run("list", "--json").stdout)["ports"]}
    assert ports[star.ready["port"]]["profiles"] == ["star-tcp300ii"]
    assert ports[star.ready["port"]]["simulated"] is True
