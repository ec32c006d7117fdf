"""`loyalty trial`: a programme tried on recorded sales before anybody lives by it. Nothing is booked."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.campaigns.trial import run_trial
from loyalty.campaigns.trial_json import as_json
from loyalty.campaigns.trial_many import run_trials
from loyalty.campaigns.trial_result import TrialResult
from loyalty.cli.database import config_option, data_dir_option, database_option, own_database, settings
from loyalty.config import Config
from loyalty.db.session import open_engine, read
from loyalty.db.single import holder_of
from loyalty.errors import Invalid
from loyalty.members.tables import Member
from loyalty.points.exact import money_text
from loyalty.points.read_programme import read_text

SHOWN = 10
"""Winners and losers in the text."""


@click.command("trial", epilog="Example: loyalty trial new-club.yaml --from 2026-01-01 --json")
@config_option
@data_dir_option
@database_option
@click.argument(
    "programmes", metavar="PROGRAMME...", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day; default: that of the first sale.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day; default: that of the last sale.")
@click.option("--json", "as_document", is_flag=True, help="One JSON document on standard output.")
def trial(
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    programmes: tuple[Path, ...],
    first: datetime | None,
    last: datetime | None,
    as_document: bool,
) -> None:
    """Replay the recorded sales under PROGRAMME (YAML or JSON) and under the one in force, and say what differs.

    Several programmes are tried in one go, on all processors.

    Nothing is booked, and a server may go on selling meanwhile. Ctrl-C stops it.
    """
    config = settings(config_file, data_dir=data_dir, database=database)
    documents = [_document(each) for each in programmes]
    with _database(config) as engine, read(engine) as session:
        results = _run(session, config, documents, first and first.date(), last and last.date())
        if results is None:
            click.echo("Stopped; nothing was booked.", err=True)
            sys.exit(130)
        if as_document:
            told = [as_json(result) for result in results]
            click.echo(json.dumps({"trials": told} if len(told) > 1 else told[0], ensure_ascii=False))
            return
        for file, result in zip(programmes, results, strict=True):
            head = [f"{result.candidate.name} ({file})"] if len(programmes) > 1 else []
            click.echo("\n".join([*head, *lines_of(result, session)]))


def _document(file: Path) -> Any:
    try:
        return read_text(file.read_text(encoding="utf-8"))[1]
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not text in UTF-8; save it as UTF-8.") from error


@contextmanager
def _database(config: Config) -> Iterator[Engine]:
    """Beside a running server, which keeps its database up to date, or alone. Only read either way."""
    holder = holder_of(config.data_dir) if config.uses_sqlite else None
    if not holder:
        with own_database(config, "loyalty trial") as engine:
            yield engine
        return
    engine = open_engine(config.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _run(
    session: Session, config: Config, documents: Sequence[Any], first: date | None, last: date | None
) -> Sequence[TrialResult] | None:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Replaying recorded sales", total=None)

        def progress(done: int, everything: int) -> bool:
            bar.update(task, completed=done, total=everything)
            return True

        try:
            if len(documents) > 1:
                return run_trials(config.database_url, documents, datetime.now(UTC), first, last, progress)
            result = run_trial(session, documents[0], datetime.now(UTC), first, last, progress)
            return None if result is None else [result]
        except KeyboardInterrupt:
            return None


def lines_of(result: TrialResult, session: Session) -> list[str]:
    """The result for a person; members by their number."""
    now, then = result.present, result.candidate
    names = [each.member for each in (*result.winners[:SHOWN], *result.losers[:SHOWN])]
    numbers = {id: number for id, number in session.execute(
        sa.select(Member.id, Member.number).where(Member.id.in_(names)))}  # fmt: skip

    def money(units: int) -> str:
        return f"{result.currency} {money_text(units, result.digits)}"

    found = [
        f"{now.sales} sales of {result.members} members, {result.first} to {result.last}; nothing was booked.",
        f"{'':<22}{'in force':>18}{'tried':>18}{'difference':>18}",
    ]
    for words, name in (("cost", "cost"), ("  worth of points", "points_worth"), ("  discounts", "discount"),
                        ("liability at the end", "liability")):  # fmt: skip
        old, new = getattr(now, name), getattr(then, name)
        found.append(f"{words:<22}{money(old):>18}{money(new):>18}{money(new - old):>18}")
    ways = {way: sum(each.direction == way for each in result.levels) for way in ("up", "down", "other")}
    found.append(f"{result.touched} members are touched: {result.better} earn more, {result.worse} earn less.")
    found.append(
        f"Levels at the end: {ways['up']} stand higher, {ways['down']} lower"
        + (f", {ways['other']} on a level that cannot be compared." if ways["other"] else ".")
    )
    for words, changes in (("Win most", result.winners), ("Lose most", result.losers)):
        if changes:
            found.append(f"{words}: " + ", ".join(
                f"{numbers.get(each.member, each.member)} {money_text(each.gain[0], result.digits)}"
                for each in changes[:SHOWN]))  # fmt: skip
    refused = then.refused_rewards - now.refused_rewards
    if refused > 0:
        found.append(f"{refused} rewards that were taken could not be had.")
    if result.left_out:
        found.append("Not replayed: " + ", ".join(f"{many} {verb}" for verb, many in result.left_out.items()) + ".")
    return found
