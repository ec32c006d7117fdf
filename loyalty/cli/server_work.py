"""What a server does beside answering: jobs that pages ask for, and what comes round by itself."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

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


BY_ITSELF: Sequence[Callable[[Engine, datetime], object]] = (jobs_backup.nightly,)
"""For the timekeeper: each decides itself whether it is time."""
