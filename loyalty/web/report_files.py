"""Scheduled reports as files: written into a folder beside the data after midnight, and read from there by pages."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import read, write
from loyalty.db.shop_settings import all_set
from loyalty.insight.kept import days_of, due, written
from loyalty.insight.standard import read_report
from loyalty.ops.exports.table import csv_lines
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.staff_mail import ask_report

FOLDER = "reports"
DAYS_KEPT, DEFAULT_DAYS, MOST_DAYS = "report_days", 90, 3650
"""The setting: after how many days a file goes; 0 keeps all."""
_NAME = re.compile(r"rvw_[0-9a-z]{26}-\d{4}-\d{2}-\d{2}\.csv")


def report_writer(data_dir: Path) -> Callable[[Engine, datetime], int]:
    """A turn of the timekeeper: writes what is due, and gives how many files that were. Safe to run twice."""

    def write_due(engine: Engine, now: datetime) -> int:
        with read(engine) as session:
            version = SqlFacts(session).version(now)
            if version is None:
                return 0
            today = day_of(now, zone_of(version.programme.timezone))
            views, kept_days = due(session, today), days_kept(session)
            files = {}
            for view in views:
                found = read_report(session, view.report, now, *days_of(view, today))
                headings = [column.key for column in found.definition.columns]
                files[f"{view.id}-{today}.csv"] = "".join(csv_lines(headings, found.rows))
        for name, text in files.items():
            _put(data_dir / FOLDER, name, text)
        _clear(data_dir / FOLDER, today, kept_days)
        if views:
            with write(engine) as session:
                for view in views:
                    written(session, view, today)
                    if view.mail:
                        ask_report(session, view, days_of(view, today), f"{view.id}-{today}.csv", now)
        return len(views)

    return write_due


def _put(folder: Path, name: str, text: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.write_text(text, encoding="utf-8")
    part.replace(folder / name)


def days_kept(session: Session) -> int:
    """As set, else the default."""
    days = all_set(session).get(DAYS_KEPT)
    return days if isinstance(days, int) else DEFAULT_DAYS


def _clear(folder: Path, today: date, days: int) -> None:
    """Takes away what was written more than `days` ago; what is no report's file stays."""
    if not days:
        return
    oldest = (today - timedelta(days=days)).isoformat()
    for path in folder.glob("rvw_*.csv"):
        if _NAME.fullmatch(path.name) and path.stem[-len(oldest) :] < oldest:
            path.unlink(missing_ok=True)


def files_of(data_dir: Path, view: str) -> list[str]:
    """Names of a view's files, the latest first."""
    return sorted((path.name for path in (data_dir / FOLDER).glob(f"{view}-*.csv")), reverse=True)


def file_of(data_dir: Path, name: str) -> Path | None:
    """Where the file of that name lies; None for a name that is none of ours."""
    path = data_dir / FOLDER / name
    return path if _NAME.fullmatch(name) and path.is_file() else None
