"""What a server does beside answering: jobs that pages ask for, and what comes round by itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import Engine

from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import award_challenges
from loyalty.clock import system_clock
from loyalty.config import Config
from loyalty.members.conventions import Conventions
from loyalty.ops import jobs_backup, jobs_files
from loyalty.ops.jobs_worker import Worker


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


BY_ITSELF: Sequence[Job] = (jobs_backup.nightly, run_campaigns, once_a_day(award_challenges))
"""For the timekeeper: each decides itself whether it is time."""
