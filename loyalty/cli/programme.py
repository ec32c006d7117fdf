"""`loyalty programme`: checks documents before anybody lives by them, shows and puts the shop's versions.

`show`, `put` and `history` ask the running server, or open the database themselves when none runs.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from loyalty.cli.database import ask_server, config_option, data_dir_option, database_option, own_database, settings
from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.db.audit import note
from loyalty.db.base import exact_json
from loyalty.db.session import read, write
from loyalty.errors import Invalid, LoyaltyError
from loyalty.points.read_programme import read_text
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.programme import history_of, put_document, version_of
from loyalty.web.backoffice.document_view import document_lines

_PROGRAM = "loyalty programme"
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("programme", epilog="Example: loyalty programme check club.yaml")
def programme() -> None:
    """The programme document: how points are earned, kept, spent and lost."""


@programme.command("check", epilog="Example: loyalty programme check club.yaml --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_json_option
def check(file: Path, as_json: bool) -> None:
    """Read FILE (YAML or JSON) and say what is wrong in it, with place and line. Exit code 1 when something is."""
    try:
        found, _ = read_text(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        _answer(as_json, {"ok": False, "error": "The file is not text in UTF-8; save it as UTF-8.", "place": None})
    except LoyaltyError as error:
        _answer(as_json, {"ok": False, "error": str(error), "place": error.pointer})
    else:
        parts = {
            "wallets": len(found.wallets),
            "earn": len(found.earn),
            "levels": len(found.tiers.levels) if found.tiers else 0,
            "rewards": len(found.rewards),
            "offers": len(found.offers),
        }
        _answer(as_json, {"ok": True, "name": found.name, **parts})


@programme.command("show", epilog="Example: loyalty programme show > club.yaml")
@config_option
@data_dir_option
@database_option
@click.option("--version", "number", type=click.IntRange(min=1), help="Which version; default: the one in force.")
@_json_option
def show(
    config_file: Path | None, data_dir: Path | None, database: str | None, number: int | None, as_json: bool
) -> None:
    """Print the document in force, or that of a version, as YAML that `put` takes."""
    config = settings(config_file, data_dir=data_dir, database=database)
    query = f"?version={number}" if number is not None else ""
    document = ask_server(config, f"/programme{query}", method="GET")
    if document is None:
        with own_database(config, _PROGRAM) as engine, read(engine) as session:
            document = version_of(SqlFacts(session), datetime.now(UTC), number).document
    if as_json:
        click.echo(exact_json(document))
    else:
        click.echo("\n".join("".join(piece.text for piece in line) for line in document_lines(document)))


@programme.command("put", epilog="Example: loyalty programme put club.yaml --from 2027-01-01T00:00:00+08:00")
@config_option
@data_dir_option
@database_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "effective_at", help="A moment with its offset from UTC; default now.")
@_json_option
def put(
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    file: Path,
    effective_at: str | None,
    as_json: bool,
) -> None:
    """Make FILE (YAML or JSON) the shop's next version. A faulty one is refused, with place and line."""
    config = settings(config_file, data_dir=data_dir, database=database)
    text, moment = _text_of(file), _moment(effective_at)
    _, document = read_text(text)
    query = f"?{urlencode({'effective_at': rfc3339(moment)})}" if moment else ""
    made = ask_server(config, f"/programme{query}", text, method="PUT")
    if made is None:
        with own_database(config, _PROGRAM) as engine, write(engine) as session:
            now = datetime.now(UTC)
            made = put_document(session, document, now, moment, text=text)
            after = {"effective_at": made["effective_at"]}
            note(
                session, "command:loyalty programme", "programme.put", f"programme:{made['version']}", now, after=after
            )
    if as_json:
        click.echo(json.dumps(made))
    else:
        click.echo(f"Version {made['version']} is in force from {made['effective_at']}.")


@programme.command("history", epilog="Example: loyalty programme history --json")
@config_option
@data_dir_option
@database_option
@_json_option
def history(config_file: Path | None, data_dir: Path | None, database: str | None, as_json: bool) -> None:
    """List the versions, the newest first, each with the moment from which it is in force."""
    config = settings(config_file, data_dir=data_dir, database=database)
    answer: Any = ask_server(config, "/programme/versions", method="GET")
    if answer is None:
        with own_database(config, _PROGRAM) as engine, read(engine) as session:
            answer = {"versions": history_of(SqlFacts(session))}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for version in answer["versions"]:
        click.echo(f"{version['version']:>4}  {version['effective_at']}  {version['name']}")
    if not answer["versions"]:
        click.echo("The shop has no programme yet; put one: loyalty programme put club.yaml")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not text in UTF-8; save it as UTF-8.") from error


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as error:
        raise Invalid(f"--from is no moment: {error}.") from error


def _answer(as_json: bool, document: dict[str, object]) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    elif document["ok"]:
        parts = ", ".join(f"{count} {name}" for name, count in document.items() if name not in ("ok", "name"))
        click.echo(f"This programme can be used: {parts}.")
    else:
        click.echo(document["error"])
    if not document["ok"]:
        sys.exit(1)
