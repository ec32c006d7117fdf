"""The `loyalty` command itself: what it lists, how it fails, how fast it is."""

import subprocess
import sys

import click
import pytest

from loyalty.cli.commands import COMMANDS
from loyalty.cli.main import LazyGroup, loyalty, main
from loyalty.errors import CardJam, ConfigError, Invalid


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def failing(monkeypatch, fault: BaseException) -> None:
    """Puts a command `fail` beside the real ones that ends with a fault."""

    @click.command()
    def fail() -> None:
        raise fault

    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: fail)


def test_help_lists_every_command_and_an_example(capsys):
    assert run("--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} {short}" in text for name, (_, short) in COMMANDS.items())
    assert "Example: loyalty demo" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_shows_an_example(name, capsys):
    assert run(name, "--help") == 0
    assert f"Example: loyalty {name}" in " ".join(capsys.readouterr().out.split())


def test_help_imports_no_command():
    script = (
        "import sys; from loyalty.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'flask', 'sqlalchemy', 'PIL', 'pydantic', 'serial'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_an_unknown_command_is_wrong_use(capsys):
    assert run("sevre") == 2
    assert "No such command 'sevre'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        (Invalid("The total 12,5x is no amount; write 12.50."), 1, "Error: The total 12,5x is no amount; write 12.50."),
        (ConfigError("Unknown key 'prot' in loyalty.toml."), 2, "Error: Unknown key 'prot' in loyalty.toml."),
        (CardJam("The card is stuck."), 1, f"Error: The card is stuck. {CardJam.advice}"),
        (PermissionError(13, "Permission denied", "/data"), 1, "Error: /data: Permission denied. Check that"),
        (ValueError("odd"), 1, "Error: unexpected ValueError: odd. Run again with --debug"),
        (click.UsageError("Two workers need PostgreSQL."), 2, "Error: Two workers need PostgreSQL."),
        (KeyboardInterrupt(), 1, "Stopped."),
    ],
)
def test_a_failure_is_one_sentence_and_a_code(monkeypatch, capsys, fault, code, sentence):
    failing(monkeypatch, fault)
    assert run("fail") == code
    text = capsys.readouterr().err
    assert sentence in text
    assert "Traceback" not in text


@pytest.mark.parametrize("arguments", [("--debug", "fail"), ("fail", "--debug")])
def test_debug_shows_the_traceback_wherever_it_stands(monkeypatch, capsys, arguments):
    failing(monkeypatch, ValueError("odd"))
    assert run(*arguments) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_commands_own_exit_code_is_kept(monkeypatch):
    failing(monkeypatch, click.exceptions.Exit(1))
    assert run("fail") == 1


def test_the_version_is_the_packages_own(capsys):
    assert run("--version") == 0
    assert loyalty.name in capsys.readouterr().out
