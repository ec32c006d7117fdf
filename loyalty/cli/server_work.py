"""What a server does beside answering: jobs that pages ask for, and what comes round by itself."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial

from sqlalchemy import Engine

from loyalty.campaigns.campaign_run import run_campaigns
from loyalty.campaigns.challenges import award_challenges
from loyalty.care.escalation import escalate_late
from loyalty.checkout.prune_receipts import prune_receipts
from loyalty.cli.campaign_post import tell_campaigns
from loyalty.clock import system_clock
from loyalty.config import Config
from loyalty.insight.odd_kept import look_for_odd
from loyalty.insight.pairs_kept import refresh_pairs
from loyalty.insight.values import refresh_daily
from loyalty.members.conventions import Conventions
from loyalty.messages.postman import Postman, post_of
from loyalty.ops import jobs_backup, jobs_files
from loyalty.ops.jobs_worker import Worker
from loyalty.ops.timekeeper import Timekeeper
from loyalty.passes.courier import PassCourier
from loyalty.passes.tell import Ways
from loyalty.web import staff_mail
from loyalty.web.report_files import FOLDER, report_writer
from loyalty.web.secret import secret_key
from loyalty.web.wallet_content import content_of
from loyalty.webhooks.courier import Courier
from loyalty.webhooks.deliver import Way


def worker_for(config: Config, engine: Engine) -> Worker:
    """The one worker of this server, not started yet."""
    post = post_of(engine, config, secret_key(config.data_dir), system_clock)
    mails = {staff_mail.KIND: staff_mail.mail_work(post, config.data_dir / FOLDER)}
    works = {**jobs_files.WORKS, **jobs_backup.WORKS, **mails}
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


def escalation_for(config: Config) -> Job:
    """Late cases climb, and whoever has to look after them hears of it by e-mail."""
    tell = partial(staff_mail.ask_escalation, base=config.public_url.rstrip("/"))
    return lambda engine, now: escalate_late(engine, now, tell)


BY_ITSELF: Sequence[Job] = (
    jobs_backup.nightly, run_campaigns, tell_campaigns, once_a_day(award_challenges), once_a_day(refresh_pairs),
    once_a_day(prune_receipts), once_a_day(look_for_odd),
)  # fmt: skip
"""For the timekeeper: each decides itself whether it is time."""


@contextmanager
def working_by_itself(engine: Engine, config: Config) -> Iterator[None]:
    """Day jobs, jobs that were asked for and messages go on while the block runs, each on a thread of its own."""
    also = (refresh_daily, escalation_for(config), report_writer(config.data_dir), staff_mail.mail_again, *BY_ITSELF)
    secret = secret_key(config.data_dir)
    postman = Postman(engine, post_of(engine, config, secret, system_clock))
    courier = Courier(engine, Way(secret, config.webhooks_inside, system_clock))
    passes = PassCourier(engine, Ways(config.passes, content_of), system_clock)
    with Timekeeper(engine, system_clock, also=also), worker_for(config, engine), postman, courier, passes:
        yield
