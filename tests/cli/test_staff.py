"""`loyalty staff add`: the password comes from a pipe, is kept as a hash, and refusals are one sentence."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loyalty.cli.database import own_database, settings
from loyalty.cli.staff import staff
from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.web.accounts import User


def add(folder: Path, email: str, role: str, password: str) -> Result:
    return CliRunner().invoke(staff, ["add", email, "--role", role, "--data-dir", str(folder)], input=password + "\n")


def people(folder: Path) -> list[tuple[str, str]]:
    with own_database(settings(None, data_dir=folder), "test") as engine, read(engine) as session:
        return [(user.email, user.roles[0].name) for user in session.query(User).order_by(User.id)]


def test_somebody_is_added_once_and_the_password_is_nowhere_readable(tmp_path: Path) -> None:
    done = add(tmp_path, "Ada@Shop.example", "administrator", "calm water 12")
    assert (done.exit_code, done.stdout) == (0, "ada@shop.example may log in as administrator.\n")
    again = add(tmp_path, "ada@shop.example", "cashier", "calm water 12")
    assert again.exit_code == 1 and "can log in already" in str(again.exception)
    assert people(tmp_path) == [("ada@shop.example", "administrator")]
    with own_database(settings(None, data_dir=tmp_path), "test") as engine, read(engine) as session:
        (entry,) = entries(session)
    assert (entry.actor, entry.subject) == ("command:loyalty staff", "staff:ada@shop.example")
    assert b"calm water 12" not in (tmp_path / "loyalty.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("email", "role", "password", "said"),
    [
        ("nobody", "cashier", "calm water 12", "no e-mail address"),
        ("ada@shop.example", "cashier", "short", "too short"),
        ("ada@shop.example", "king", "calm water 12", "'king' is not one of"),
    ],
)
def test_refusals_say_why(tmp_path: Path, email: str, role: str, password: str, said: str) -> None:
    done = add(tmp_path, email, role, password)
    assert done.exit_code != 0
    assert said in f"{done.exception} {done.output}"
