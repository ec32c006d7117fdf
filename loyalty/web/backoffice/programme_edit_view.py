"""What a person typed into the programme editor, and what the page has to say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.datastructures.file_storage import FileStorage

from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.web.backoffice.programme_difference import Difference, difference
from loyalty.web.backoffice.programme_faults import Draft, read_draft
from loyalty.web.backoffice.programme_moves import Moves, who_moves
from loyalty.web.backoffice.programme_trial import Trial, try_out
from loyalty.web.numbers import moment

FURTHEST = timedelta(days=3660)


@dataclass(frozen=True)
class Typed:
    """The form. `latest`: the newest version when the page was opened; `checked`: the digest of what was checked."""

    text: str
    scenarios: str = ""
    with_draft: bool = True
    latest: int = 0
    checked: str = ""
    when: str = "now"
    moment: str = ""
    all_the_same: bool = False

    @property
    def digest(self) -> str:
        return sha256(f"{self.text}\0{self.scenarios}\0{self.with_draft}".encode()).hexdigest()


@dataclass(frozen=True)
class Result:
    """What a check found; `compared`, `moves` and `trial` only where they make sense or were asked for."""

    draft: Draft
    compared: Difference | None = None
    present: int = 0
    moves: Moves | None = None
    trial: Trial | None = None

    @property
    def holds(self) -> bool:
        return self.draft.document is not None and (self.trial is None or self.trial.holds)


def typed(form: MultiDict[str, str], files: list[FileStorage]) -> tuple[Typed, list[str]]:
    """The form, uploaded files added to the scenarios; and the names of files that are no text."""
    scenarios, strange = [_lines(form.get("scenarios", "")).strip("\n")], []
    for file in files:
        if not file.filename:
            continue
        try:
            scenarios.append(f"# {file.filename}\n{_lines(file.read().decode())}".strip("\n"))
        except UnicodeDecodeError:
            strange.append(file.filename)
    latest = form.get("latest", "")
    found = Typed(
        text=_lines(form.get("text", "")),
        scenarios="\n---\n".join(part for part in scenarios if part),
        with_draft="with_draft" in form,
        latest=int(latest) if latest.isdecimal() and len(latest) < 10 else 0,
        checked=form.get("checked", ""),
        when="later" if form.get("when") == "later" else "now",
        moment=form.get("moment", "").strip()[:40],
        all_the_same="all_the_same" in form,
    )
    return found, strange


def _lines(text: str) -> str:
    """Browsers send CRLF; lines are counted the same way everywhere."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check(session: Session, form: Typed, now: datetime, run: bool) -> Result:
    """Reads the draft to its end; where it is sound: what differs, whose level changes, and the scenarios if `run`."""
    facts = SqlFacts(session)
    latest, present = facts.latest(), facts.version(now)
    draft = read_draft(form.text, latest.programme if latest else None)
    trial = None
    if draft.document is None:
        return Result(draft)
    if run and form.scenarios.strip():
        trial = try_out(form.scenarios, draft.document if form.with_draft else None)
    if present is None:
        return Result(draft, trial=trial)
    compared = difference(present.document, draft.document)
    moves = who_moves(session, draft.document, now) if _about_levels(present, draft.document) else None
    return Result(draft, compared, present.number, moves, trial)


def moment_words(at: datetime) -> str:
    """A moment as plain text, for sentences."""
    return Markup(moment(at)).striptags()


def _about_levels(present: ProgrammeVersion, document: Mapping[str, object]) -> bool:
    return present.document.get("tiers") != document.get("tiers")


def local_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment of a field `2026-12-01T09:00` in the shop's zone; None when there is no such time there, when it is
    past, or ten years away.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.tzinfo is not None:
        return None
    try:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
    exists = moment.astimezone(zone).replace(tzinfo=None) == wall
    return moment if exists and now <= moment <= now + FURTHEST else None
