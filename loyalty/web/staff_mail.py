"""Mails to the staff: kept reports, and cases that are late. Each is a job, made in the transaction of what it tells.

They go out by the shop's own way for e-mail. A mail server that is away is asked again at every turn of the day jobs.
No names of members are in them: a mail lies on many machines.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import read, write
from loyalty.errors import LoyaltyError
from loyalty.messages.mail import Parcel
from loyalty.messages.sender import Post
from loyalty.ops.jobs import Job, begin_again, latest, make
from loyalty.ops.jobs_worker import Bench, Work
from loyalty.web.accounts import Role, User

KIND = "mail.staff"
MOST_TRIES = 12
"""Three hours, at a turn each quarter of an hour."""
LOOKED_BACK = 200
ACTOR = "system:mail"
_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "report": {
        "en": (
            "{name}, up to {day}",
            "Here is the report “{name}”, from {first} to {last}.\n\nIt is the file with this mail. Under Reports, My"
            " views, you can take it away.",
        ),
        "zh-Hant": (
            "{name}，截至 {day}",
            "這是報告「{name}」，由 {first} 至 {last}。\n\n"
            "報告在本郵件的附件中。可在「報告」頁的「我的檢視」停止寄送。",
        ),
        "zh-Hans": (
            "{name}，截至 {day}",
            "这是报告“{name}”，从 {first} 到 {last}。\n\n"
            "报告在本邮件的附件中。可在“报告”页的“我的视图”停止发送。",
        ),
    },
    "case": {
        "en": (
            "Late: {subject} (level {level})",
            "The case “{subject}” should have been looked after by {due}. It stands at level {level} of 3.\n\n"
            "Take its next step under Care, Cases{link}",
        ),
        "zh-Hant": (
            "逾期：{subject}（第 {level} 級）",
            "個案「{subject}」應在 {due} 前處理，現為第 {level} 級，最高 3 級。\n\n"
            "請在「關懷」的「個案」處理下一步{link}",
        ),
        "zh-Hans": (
            "逾期：{subject}（第 {level} 级）",
            "个案“{subject}”应在 {due} 前处理，现为第 {level} 级，最高 3 级。\n\n"
            "请在“关怀”的“个案”处理下一步{link}",
        ),
    },
}


def ask_report(session: Session, view: Any, days: tuple[date, date], file: str, now: datetime) -> None:
    """A kept view's file to its owner; nobody gets anything whose log-in is closed."""
    words = {"name": view.name, "day": str(days[1]), "first": str(days[0]), "last": str(days[1])}
    _ask(session, "report", _people(session, User.email == view.staff), words, now, file=file)


def ask_escalation(session: Session, case: Any, level: int, now: datetime, base: str = "") -> None:
    """A late case: to whoever looks after it; from level 2 on to supervisors too, at level 3 to administrators."""
    roles = {2: ("supervisor",), 3: ("supervisor", "administrator")}.get(level, ())
    whom = sa.or_(User.email == case.owner, User.roles.any(Role.name.in_(roles)))
    link = f":\n\n[{case.id[-6:]}]({base}/care/cases/{case.id})" if base else "."
    words = {"subject": case.subject, "level": str(level), "due": f"{case.due_at:%Y-%m-%d %H:%M} UTC", "link": link}
    _ask(session, "case", _people(session, whom), words, now)


def mail_work(post: Post, folder: Path) -> Work:
    """Hands one mail over. `folder`: where the files of reports lie."""

    def work(bench: Bench, job: Job) -> Mapping[str, Any]:
        with read(bench.engine) as session:
            shop = post.shop(session)
        told, files = job.details, []
        if name := str(told.get("file", "")):
            try:
                files.append((name, (folder / name).read_text(encoding="utf-8")))
            except OSError as fault:
                raise LoyaltyError(f"The report's file {name} is gone; the next one will come.") from fault
        parcel = Parcel(job.id, told["to"], "", told["language"], told["subject"], told["body"], shop, staff=True,
                        files=tuple(files))  # fmt: skip
        handed = post.gateways["email"].hand_over(parcel)
        if handed.fate in ("bounced", "failed"):
            raise LoyaltyError(f"The mail could not be sent: {handed.said}")
        return {"fate": handed.fate, "said": handed.said}

    return work


def mail_again(engine: Engine, now: datetime) -> int:
    """A turn of the timekeeper: mails for which the mail server was away wait again; how many."""
    with read(engine) as session:
        away = [job for job in latest(session, (KIND,), limit=LOOKED_BACK)
                if job.state == "done" and (job.result or {}).get("fate") == "again"
                and job.details.get("tries", 0) < MOST_TRIES]  # fmt: skip
    for job in away:
        with write(engine) as session:
            begin_again(session, job, {**job.details, "tries": job.details.get("tries", 0) + 1})
    return len(away)


def _people(session: Session, whom: sa.ColumnElement[bool]) -> Iterable[tuple[str, str]]:
    """Addresses and languages of staff who may log in."""
    for user in session.scalars(sa.select(User).where(whom, User.active.is_(True)).order_by(User.id)):
        yield user.email, (user.language or "en").replace("_", "-")


def _ask(
    session: Session, kind: str, people: Iterable[tuple[str, str]], words: Mapping[str, str], now: datetime,
    file: str = "",
) -> None:  # fmt: skip
    for address, language in people:
        language = language if language in _WORDS[kind] else "en"
        subject, body = (text.format(**words) for text in _WORDS[kind][language])
        told = {"to": address, "language": language, "subject": subject, "body": body, "file": file}
        make(session, KIND, told, ACTOR, now)
