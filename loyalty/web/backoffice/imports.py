"""Files are brought in: uploaded, their columns named, looked at without a change, then booked; and taken back."""

from pathlib import PurePath

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, LoyaltyError, NotFound
from loyalty.ops.imports.columns import FIELDS, KINDS, NEEDED, guessed, refuse_incomplete, remember, remembered
from loyalty.ops.imports.encodings import ENCODINGS
from loyalty.ops.imports.sheet import LARGEST_FILE_BYTES, MOST_COLUMNS, Sheet, read_head
from loyalty.ops.imports.tables import imports
from loyalty.ops.imports.undo import recent
from loyalty.ops.jobs import Job, begin_again, folder_of, make, unfinished
from loyalty.ops.jobs_files import UPLOAD
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.imports_words import field_word
from loyalty.web.backoffice.jobs import me, mine_or_404
from loyalty.web.backoffice.jobs_words import kind_word
from loyalty.web.database import reading
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

Page = str | tuple[str, int] | Response
SAMPLE_ROWS, SAMPLE_CELL = 5, 60


@blueprint.url_value_preprocessor
def _take_large_files(endpoint: str | None, _values: object) -> None:
    """Before the form's token is read, and only from those who may import: everybody else keeps the small limit."""
    if endpoint == "imports.upload" and permitted("import.run"):
        request.max_content_length = LARGEST_FILE_BYTES + 2**20


@blueprint.get("")
@allows("import.run")
def index() -> str:
    return _index()


@blueprint.post("")
@allows("import.run")
def upload() -> Page:
    """Keeps the file and reads its headings; nothing else happens yet."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    encoding = request.form.get("encoding", "")
    try:
        if kind not in KINDS:
            raise Invalid(_("Choose what the file holds."))
        if sent is None or not sent.filename:
            raise Invalid(_("Choose a file."))
        id = _kept(kind, sent, encoding if encoding in ENCODINGS else None)
    except LoyaltyError as error:
        return _index(str(error), kind), 422
    return redirect(url_for("imports.columns", id=id), code=303)


@blueprint.get("/<id>")
@allows("import.run")
def columns(id: str) -> Page:
    """Which column is what, with the first rows; what was said before is remembered."""
    return _columns(_upload(id))


@blueprint.post("/<id>")
@allows("import.run")
def look(id: str) -> Page:
    """Starts the look: the whole file is judged, nothing is changed."""
    job = _upload(id)
    said = {place: request.form.get(f"column-{place}", "-") for place in range(len(job.details["headings"]))}
    wanted = {field: place for place, field in reversed(said.items()) if field in FIELDS[job.details["kind"]]}
    try:
        twice = [field for field in wanted if list(said.values()).count(field) > 1]
        if twice:
            raise Invalid(_("Two columns are %(field)s; keep one.", field=field_word(twice[0])))
        refuse_incomplete(job.details["kind"], wanted)
        headings = {job.details["headings"][place]: field for place, field in said.items()
                    if job.details["headings"][place] and (field == "-" or field in wanted)}  # fmt: skip
        with write(services().engine) as session:
            remember(session, job.details["kind"], headings)
            begin_again(session, job, {**job.details, "columns": wanted})
    except LoyaltyError as error:
        return _columns(job, str(error), wanted), 422
    return redirect(url_for("jobs.page", id=id), code=303)


@blueprint.post("/<id>/book")
@allows("import.run")
def book(id: str) -> Response:
    """Brings in what was looked at, as a job of its own."""
    seen = _upload(id)
    if seen.state != "done":
        raise Conflict("Look at the file first; only what was looked at is brought in.")
    with write(services().engine) as session:
        if unfinished(session, "import.book"):
            raise Conflict("Another import is being brought in; wait for its end.")
        job = make(session, "import.book", {**seen.details, "upload": seen.id}, me(), services().now())
    return redirect(url_for("jobs.page", id=job), code=303)


@blueprint.post("/undo/<import_id>")
@allows("import.run")
def undo(import_id: str) -> Response:
    """Takes an import back as a job; what cannot go back stays, with the reason."""
    with write(services().engine) as session:
        row = session.execute(sa.select(imports).where(imports.c.id == import_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such import.")
        if unfinished(session, "import.undo") or unfinished(session, "import.book"):
            raise Conflict("Another import is at work; wait for its end.")
        counts = row.counts or {}
        rows = counts.get("new", 0) + counts.get("changed", 0)
        details = {"import": row.id, "kind": row.kind, "file_name": row.file_name, "rows": rows}
        job = make(session, "import.undo", details, me(), services().now())
    return redirect(url_for("jobs.page", id=job), code=303)


def _kept(kind: str, sent: FileStorage, encoding: str | None) -> str:
    """The draft's id. Read before it is kept, so that a file that is none leaves nothing."""
    data = sent.stream.read(LARGEST_FILE_BYTES + 1)
    head = read_head(data, SAMPLE_ROWS, encoding)
    name = PurePath((sent.filename or "file").replace("\\", "/")).name
    clean = "".join(sign for sign in name if sign.isprintable())[-200:] or "file"
    details = {"kind": kind, "file_name": clean, "encoding": encoding, "read_as": head.encoding, **_sample(head)}
    with write(services().engine) as session:
        id = make(session, "import.look", details, me(), services().now(), state="draft")
        tell(session, "import.upload", f"job:{id}", after={"kind": kind, "file": clean, "bytes": len(data)})
    file = folder_of(services().config.data_dir, id) / UPLOAD
    file.touch(mode=0o600)
    file.write_bytes(data)
    return id


def _sample(head: Sheet) -> dict[str, list[object]]:
    rows = [[cell[:SAMPLE_CELL] for cell in row.cells] for row in head.rows]
    return {"headings": [heading[:200] for heading in head.headings[:MOST_COLUMNS]], "sample": list(rows)}


def _upload(id: str) -> Job:
    job = mine_or_404(id)
    if job.kind != "import.look":
        raise NotFound("There is no such upload.")
    return job


def _index(wrong: str = "", kind: str = "members") -> str:
    return render_template(
        "imports.html", kinds=KINDS, kind=kind, wrong=wrong, kind_word=kind_word, needed=NEEDED, fields=FIELDS,
        field_word=field_word, recent=recent(services().engine), encodings=ENCODINGS,
    )  # fmt: skip


def _columns(job: Job, wrong: str = "", typed: dict[str, int] | None = None) -> str:
    kind, headings = job.details["kind"], job.details["headings"]
    known = typed if typed is not None else job.details.get("columns")
    chosen = known if known is not None else guessed(kind, headings, remembered(reading(), kind))
    return render_template(
        "import_columns.html", job=job, fields=FIELDS[kind], needed=NEEDED[kind], wrong=wrong,
        chosen={place: field for field, place in chosen.items()}, field_word=field_word, kind_word=kind_word,
    )  # fmt: skip
