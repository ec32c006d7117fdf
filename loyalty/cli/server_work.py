"""What a server does beside answering: jobs that pages ask for, and what comes round by itself."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Engine

from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import award_challenges
from loyalty.care.escalation import escalate_late
from loyalty.cli.campaign_post import tell_campaigns
from loyalty.clock import system_clock
from loyalty.config import Config
from loyalty.insight.values import refresh_daily
from loyalty.members.conventions import Conventions
from loyalty.messages.postman import Postman, post_of
from loyalty.ops import jobs_backup, jobs_files
from loyalty.ops.jobs_worker import Worker
from loyalty.ops.timekeeper import Timekeeper
from loyalty.web.report_files import report_writer
from loyalty.web.secret import secret_key


def worker_for(config: Config, engine: Engine) -> Worker:
    """The one worker of this server, not started yet."""
    works = {**jobs_files.WORKS, **jobs_backup.WORKS}
    conventions = Conventions(config.number_check, config.phone_region)
    return Worker(engine, system_clock, works, config.data_dir, conventions)


Job = Callable[[Engine, datetime], object]


def once_a_day(job: Job) -> Job:
    """The job on the first turn of each day (UTC) only: for what looks at all members."""
    done: list[date] = []

    def turn(engine: Engine, now: datetime) -> object:
        if done and done[-1] == now.date():
            return None
        answer = job(engine, now)
        done[:] = [now.date()]
        return answer

    return turn


BY_ITSELF: Sequence[Job] = (jobs_backup.nightly, run_campaigns, tell_campaigns, once_a_day(award_challenges))
"""For the timekeeper: each decides itself whether it is time."""


@contextmanager
def working_by_itself(engine: Engine, config: Config) -> Iterator[None]:
    """Day jobs, jobs that were asked for and messages go on while the block runs, each on a thread of its own."""
    also = (refresh_daily, escalate_late, report_writer(config.data_dir), *BY_ITSELF)
    postman = Postman(engine, post_of(engine, config, secret_key(config.data_dir), system_clock))
    with Timekeeper(engine, system_clock, also=also), worker_for(config, engine), postman:
        yield
