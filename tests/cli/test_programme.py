"""`loyalty programme show|put|history`: with the server running and without, the same."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.typed import Command, command
from tests.journeys.programs import Program, free_port
from tests.shop import PROGRAMME

__all__ = ["command"]


@pytest.fixture
def club(tmp_path: Path) -> Path:
    file = tmp_path / "club.yaml"
    file.write_text(PROGRAMME, encoding="utf-8")
    return file


def life_of_a_programme(command: Command, club: Path) -> None:
    assert "no programme yet" in command("programme", "history").stdout
    nothing = command("programme", "show")
    assert (nothing.returncode, "put one first" in nothing.stderr) == (1, True)
    assert command("programme", "put", str(club)).stdout.startswith("Version 1 is in force from ")
    shown = command("programme", "show").stdout
    club.write_text(shown.replace("per: 1}", "per: 2.50}"), encoding="utf-8")
    later = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    made = json.loads(command("programme", "put", str(club), "--from", later, "--json").stdout)
    assert made["version"] == 2
    assert command("programme", "show").stdout == shown  # the second is not in force yet
    second = command("programme", "show", "--version", "2", "--json").stdout
    assert '"per":2.50' in second
    assert json.loads(second)["rewards"][0]["name"] == "$50 off"
    versions = json.loads(command("programme", "history", "--json").stdout)["versions"]
    assert [(each["version"], each["name"]) for each in versions] == [(2, "Harbour Club"), (1, "Harbour Club")]
    assert versions[0]["effective_at"] == made["effective_at"]
    assert command("programme", "show", "--version", "3").returncode == 1
    refuses(command, club)
    assert len(command("programme", "history").stdout.splitlines()) == 2


def refuses(command: Command, club: Path) -> None:
    past = command("programme", "put", str(club), "--from", "2020-01-01T00:00:00Z")
    assert (past.returncode, "past" in past.stderr) == (1, True)
    early = command("programme", "put", str(club))  # before the one that is planned
    assert (early.returncode, "already planned" in early.stderr) == (1, True)
    assert "no moment" in command("programme", "put", str(club), "--from", "tomorrow").stderr
    club.write_text("wallets: {points: {}}\nearn:\n  - {name: a}\n", encoding="utf-8")
    faulty = command("programme", "put", str(club))
    assert (faulty.returncode, "line 3" in faulty.stderr) == (1, True)
    club.write_bytes(b"\xff\xfe")
    assert "UTF-8" in command("programme", "put", str(club)).stderr


def test_without_a_server_the_command_opens_the_database(command: Command, club: Path) -> None:
    life_of_a_programme(command, club)


def test_a_running_server_is_asked(command: Command, club: Path, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    words = ["serve", "--bind", address, "--data-dir", str(tmp_path)]
    server = Program("the server", words, tmp_path / "server.log", f"http://{address}/readyz")
    server.start()
    life_of_a_programme(command, club)
    assert server.stop() == 0
