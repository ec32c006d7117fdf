"""`loyalty scenario`: runs scenario files and says which of them do not hold."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from loyalty.scenarios.backend import Backend, EngineBackend
from loyalty.scenarios.reader import Scenario, read_file
from loyalty.scenarios.runner import Outcome, run
from loyalty.scenarios.sql_backend import SqlBackend
from loyalty.scenarios.throwaway import throwaway

Make = Callable[[], Backend]

DATABASE_HELP = (
    "Run on this database (SQLAlchemy URL). Nothing that is in it is touched: on PostgreSQL the run makes a schema of"
    " its own and drops it at the end (the user must be allowed to create one); for SQLite it uses files of its own in"
    " the folder of the file named."
)


@click.command("scenario", epilog="Example: loyalty scenario tests/scenarios/*.yaml --through api --json")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--through",
    type=click.Choice(["engine", "api"]),
    default="engine",
    help="What the steps run through: the engine (in memory, or on --database), or the HTTP API, each step a call,"
    " on a database (SQLite files of its own if none is named).",
)
@click.option("--database", help=DATABASE_HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def scenario(files: tuple[Path, ...], through: str, database: str | None, as_json: bool) -> None:
    """Run scenario files: a programme, dated steps and what they should lead to.

    Exit code 1 when one does not hold.
    """
    with _backends(through, database) as make:
        outcomes = _run(files, make, quiet=as_json)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if as_json:
        document = {
            "passed": len(outcomes) - len(failed),
            "failed": len(failed),
            "results": [outcome.as_json() for outcome in outcomes],
        }
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
    else:
        for outcome in failed:
            click.echo(describe(outcome))
        click.echo(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if failed:
        sys.exit(1)


@contextmanager
def _backends(through: str, database: str | None) -> Iterator[Make]:
    if through == "api":
        from loyalty.web.api.stage import api_backends  # the whole web application: only who asks for it waits for it

        with api_backends(database) as make:
            yield make
    elif database is not None:
        with throwaway(database, lambda _engine: None) as fresh:
            yield lambda: SqlBackend(fresh())
    else:
        yield EngineBackend


def _run(files: tuple[Path, ...], make: Make, quiet: bool) -> list[Outcome]:
    scenarios: list[Scenario] = [each for file in files for each in read_file(file)]
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(scenarios, file=sys.stderr, hidden=hidden) as steps:
        return [run(each, make()) for each in steps]


def describe(outcome: Outcome) -> str:
    """A failure for a person: where, what was expected, what came, and why."""
    lines = [
        f"{outcome.scenario}, step {outcome.step}: {outcome.place or 'the step'}",
        f"  expected {outcome.expected}",
        f"  actual   {outcome.actual}",
    ]
    if outcome.explanation:
        lines.append(f"  because  {json.dumps(outcome.explanation, ensure_ascii=False)}")
    return "\n".join(lines)
