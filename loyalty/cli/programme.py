"""`loyalty programme`: checks programme documents before anybody lives by them."""

import json
import sys
from pathlib import Path

import click

from loyalty.errors import LoyaltyError
from loyalty.points.read_programme import read_text


@click.group("programme", epilog="Example: loyalty programme check club.yaml")
def programme() -> None:
    """The programme document: how points are earned, kept, spent and lost."""


@programme.command("check", epilog="Example: loyalty programme check club.yaml --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
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
