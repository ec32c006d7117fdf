"""`loyalty nightly`: the day jobs, for a timer of the system."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import award_challenges
from loyalty.checkout.prune_receipts import prune_receipts
from loyalty.cli.campaign_post import tell_campaigns
from loyalty.cli.database import ask_server, config_option, data_dir_option, database_option, own_database, settings
from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.errors import Invalid
from loyalty.insight.pairs_kept import refresh_pairs
from loyalty.ops.day_jobs import run_day_jobs


@click.command(epilog="Example: loyalty nightly --until 2026-12-01T00:00:00+08:00")
@config_option
@data_dir_option
@database_option
@click.option("--until", help="A moment with its offset from UTC; default now.")
def nightly(config_file: Path | None, data_dir: Path | None, database: str | None, until: str | None) -> None:
    """Activates, expires, reviews levels, gives birthdays; starts and ends campaigns, awards challenges.

    Safe to run twice; catches up days that were missed. A server that is up does its campaigns by itself.
    """
    config = settings(config_file, data_dir=data_dir, database=database)
    moment = _moment(until)
    answer: Any = ask_server(config, "/day-jobs", {"until": rfc3339(moment)})
    if answer is None:
        with own_database(config, "loyalty nightly") as engine:
            answer = {"steps": run_day_jobs(engine, moment)}
            run_campaigns(engine, moment)
            tell_campaigns(engine, moment)
            award_challenges(engine, moment)
            refresh_pairs(engine, moment)
            prune_receipts(engine, moment)
    click.echo(f"Done up to {rfc3339(moment)}: {answer['steps']} steps.")


def _moment(text: str | None) -> datetime:
    now = datetime.now(UTC)
    if text is None:
        return now
    try:
        moment = parse_rfc3339(text)
    except ValueError as error:
        raise Invalid(f"--until is no moment: {error}.") from error
    if moment > now:
        raise Invalid("--until lies in the future; what has not happened yet cannot be booked.")
    return moment
