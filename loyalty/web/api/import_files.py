"""Files brought in by programs: sent, looked at without a change, brought in, taken back. Each step is a job."""

from typing import Annotated, Any, ClassVar, Literal

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.errors import Conflict, Invalid, LoyaltyError, NotFound
from loyalty.ops.imports.columns import FIELDS, guessed, refuse_incomplete, remembered
from loyalty.ops.imports.sheet import Sheet, read_head
from loyalty.ops.imports.tables import imports
from loyalty.ops.jobs import Job, begin_again, folder_of, job_of, make, unfinished
from loyalty.ops.jobs_files import UPLOAD
from loyalty.web.api.answers import Given, Moment
from loyalty.web.api.calls import Asked, RawBody, call
from loyalty.web.api.schemas import Name, Strict

Encoding = Literal["utf-8", "utf-16", "big5hkscs", "gb18030"]


class FileBody(RawBody):
    """The file itself (CSV, TSV or XLSX, at most 4 MiB); what it holds stands in the query."""

    media: ClassVar[tuple[str, ...]] = ("text/csv", "application/octet-stream")
    kind: Literal["members", "cards", "balances", "purchases"]
    file_name: Annotated[str, Field(min_length=1, max_length=200)] = "file"
    encoding: Encoding | None = None


class ColumnsBody(Strict):
    """`columns`: which heading holds which field; what the headings say by themselves when left out."""

    columns: dict[Name, Name] | None = None


class JobAnswer(Given):
    id: str
    kind: str
    state: str = Field(description="draft, waiting, running, done, failed or cancelled.")
    done: int
    total: int = Field(description="0: not known.")
    made_at: Moment
    finished_at: Moment | None
    result: dict[str, Any] | None
    fault: str


class UploadAnswer(Given):
    id: str
    kind: str
    headings: list[str]
    columns: dict[str, str] = Field(description="Which heading was understood as which field.")
    fields: list[str] = Field(description="Fields that headings may be named as.")


@call("POST", "/imports", scope="import", body=FileBody, status=201, gives=UploadAnswer,
      answer="`id`, the headings, and what they were understood as.")  # fmt: skip
def upload(session: Session, asked: Asked[FileBody]) -> dict[str, Any]:
    """Keeps the file and reads its headings; nothing else happens yet."""
    if asked.key.test:
        raise LoyaltyError("A test key cannot send a file: nothing of it would be kept.", code="forbidden")
    body = asked.body
    head = read_head(body.raw, 5, body.encoding)
    columns = guessed(body.kind, head.headings, remembered(session, body.kind))
    clean = "".join(sign for sign in body.file_name if sign.isprintable() and sign not in "/\\") or "file"
    details = {
        "kind": body.kind,
        "file_name": clean,
        "encoding": body.encoding,
        "read_as": head.encoding,
        "headings": list(head.headings),
        "columns": columns,
        "sample": [],
    }
    id = make(session, "import.look", details, _actor(asked), asked.now, state="draft")
    file = folder_of(asked.services.config.data_dir, id) / UPLOAD
    file.touch(mode=0o600)
    file.write_bytes(body.raw)
    return _uploaded(id, body.kind, head, columns)


@call("POST", "/imports/<id>:dry-run", scope="import", body=ColumnsBody, gives=JobAnswer, answer="The job.")
def look(session: Session, asked: Asked[ColumnsBody]) -> dict[str, Any]:
    """Judges the whole file; nothing is changed. Ask for the job until it is done."""
    job = _upload(session, asked)
    kind, headings = job.details["kind"], job.details["headings"]
    columns = job.details["columns"]
    if asked.body.columns is not None:
        columns = {_field(kind, field): _place(headings, heading) for heading, field in asked.body.columns.items()}
    refuse_incomplete(kind, columns)
    begin_again(session, job, {**job.details, "columns": columns})
    return _shown(job_of(session, job.id))


@call("POST", "/imports/<id>:execute", scope="import", gives=JobAnswer, answer="The job, another one.")
def book(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Brings in what was looked at. Rows in error are left out and told in the job's `result`."""
    seen = _upload(session, asked)
    if seen.state != "done":
        raise Conflict(
            "Look at the file first (:dry-run, then wait for the job); only what was looked at is brought in."
        )
    if unfinished(session, "import.book"):
        raise Conflict("Another import is being brought in; wait for its end.")
    details = {**seen.details, "upload": seen.id}
    return _shown(job_of(session, make(session, "import.book", details, _actor(asked), asked.now)))


@call("POST", "/imports/<id>:revert", scope="import", gives=JobAnswer, answer="The job.")
def undo(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Takes an import back; `id` is the entry `import` in its job's result. What cannot go back stays and is told."""
    row = session.execute(sa.select(imports).where(imports.c.id == asked.path["id"])).one_or_none()
    if row is None:
        raise NotFound("There is no such import; its id is the entry import in the result of the job that booked it.")
    if unfinished(session, "import.undo") or unfinished(session, "import.book"):
        raise Conflict("Another import is at work; wait for its end.")
    counts = row.counts or {}
    details = {
        "import": row.id,
        "kind": row.kind,
        "file_name": row.file_name,
        "rows": counts.get("new", 0) + counts.get("changed", 0),
    }
    return _shown(job_of(session, make(session, "import.undo", details, _actor(asked), asked.now)))


@call("GET", "/jobs/<id>", scope="import", gives=JobAnswer, answer="How far it is, and its `result` at the end.")
def job(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Longer work that this key asked for."""
    return _shown(_mine(session, asked))


def _actor(asked: Asked[Any]) -> str:
    return f"key:{asked.key.id}"


def _mine(session: Session, asked: Asked[Any]) -> Job:
    """NotFound for what somebody else asked for."""
    found = job_of(session, asked.path["id"])
    if found.staff != _actor(asked):
        raise NotFound("There is no such job of this key.")
    return found


def _upload(session: Session, asked: Asked[Any]) -> Job:
    found = _mine(session, asked)
    if found.kind != "import.look":
        raise NotFound("There is no such import; send the file to /imports first.")
    return found


def _field(kind: str, field: str) -> str:
    if field not in FIELDS[kind]:
        raise Invalid(f"There is no field {field[:40]!r}; there are {', '.join(FIELDS[kind])}.", pointer="/columns")
    return field


def _place(headings: list[str], heading: str) -> int:
    if heading not in headings:
        raise Invalid(f"The file has no heading {heading[:40]!r}.", pointer="/columns")
    return headings.index(heading)


def _uploaded(id: str, kind: str, head: Sheet, columns: dict[str, int]) -> dict[str, Any]:
    named = {head.headings[place]: field for field, place in columns.items()}
    return {"id": id, "kind": kind, "headings": list(head.headings), "columns": named, "fields": list(FIELDS[kind])}


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "made_at": rfc3339(job.made_at),
        "finished_at": rfc3339(job.finished_at) if job.finished_at else None,
        "result": dict(job.result) if job.result else None,
        "fault": job.fault,
    }
