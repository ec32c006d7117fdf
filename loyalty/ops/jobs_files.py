"""Jobs on files: a look at an upload, bringing it in, taking an import back, and exports to fetch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from loyalty.db import audit
from loyalty.db.session import read, write
from loyalty.errors import Invalid, LoyaltyError
from loyalty.ops.exports.table import Cell, write_table
from loyalty.ops.exports.tables import EXPORTS, Ways
from loyalty.ops.imports.error_file import error_table
from loyalty.ops.imports.run import Job as Import
from loyalty.ops.imports.run import Report, bring_in, look
from loyalty.ops.imports.sheet import read_sheet
from loyalty.ops.imports.undo import take_back
from loyalty.ops.jobs import Job
from loyalty.ops.jobs_worker import Bench, Work
from loyalty.points.sql_facts import SqlFacts

UPLOAD = "upload"
"""Name of the file in the folder of the look's job, whatever the person's file is called."""
SHOWN_PROBLEMS = 100


def _import_of(bench: Bench, job: Job) -> Import:
    folder = bench.data_dir / "jobs" / str(job.details.get("upload") or job.id)
    try:
        data = (folder / UPLOAD).read_bytes()
    except OSError as error:
        raise Invalid("The uploaded file is gone; upload it again.") from error
    sheet = read_sheet(data, job.details.get("encoding") or None)
    columns = {str(field): int(place) for field, place in job.details["columns"].items()}
    return Import(job.details["kind"], sheet, columns, job.details["file_name"], job.staff, bench.conventions)


def look_at_file(bench: Bench, job: Job) -> Mapping[str, Any]:
    return _worked(bench, job, look)


def book_file(bench: Bench, job: Job) -> Mapping[str, Any]:
    return _worked(bench, job, bring_in)


def _worked(bench: Bench, job: Job, way: Callable[..., Report]) -> Mapping[str, Any]:
    bench.progress(0, 0)
    task = _import_of(bench, job)
    report = way(bench.engine, task, bench.clock, _steps(bench, len(task.sheet.rows)))
    result = report.as_json()
    result["problems"] = result["problems"][:SHOWN_PROBLEMS]
    if report.problems:
        result["file"] = "errors.csv"
        write_table(bench.folder / "errors.csv", *error_table(task.sheet, report.problems))
    return result


def undo_import(bench: Bench, job: Job) -> Mapping[str, Any]:
    done = take_back(
        bench.engine, job.details["import"], job.staff, bench.conventions, bench.clock,
        _steps(bench, int(job.details.get("rows", 0))),
    )  # fmt: skip
    problems = [{"row": each.row, "field": each.field, "sentence": each.sentence} for each in done.problems]
    return {"rows": done.rows, "stay": len(problems), "problems": problems[:SHOWN_PROBLEMS]}


def _steps(bench: Bench, total: int) -> Callable[[int], None]:
    done = 0

    def step(rows: int) -> None:
        nonlocal done
        done += rows
        bench.progress(done, total)

    return step


def export_file(bench: Bench, job: Job) -> Mapping[str, Any]:
    """details: kind, form (csv or xlsx), first and last local day or null."""
    kind, form = job.details["kind"], job.details["form"]
    name = f"{kind}.{form}"
    with read(bench.engine) as session:
        version = SqlFacts(session).version(bench.clock())
        if version is None:
            raise LoyaltyError("The shop has no programme yet, so there is nothing to export.", code="not_ready")
        ways = Ways(version.programme, _day(job.details.get("first")), _day(job.details.get("last")))
        rows = _told(bench, EXPORTS[kind].rows(session, ways))
        number = write_table(bench.folder / name, EXPORTS[kind].headings, rows)
    with write(bench.engine) as session:
        after = {"rows": number, "form": form, "from": job.details.get("first"), "to": job.details.get("last")}
        audit.note(session, job.staff, f"export.{kind}", f"export:{kind}", bench.clock(), after=after)
    return {"rows": number, "file": name}


def _told(bench: Bench, rows: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows):
        if number % 500 == 0:
            bench.progress(0, number + 1)  # how many there will be is not known: the page shows what is written
        yield row


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


WORKS: Mapping[str, Work] = {
    "import.look": look_at_file,
    "import.book": book_file,
    "import.undo": undo_import,
    "export": export_file,
}
