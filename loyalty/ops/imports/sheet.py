"""A file of rows: CSV in any of the usual encodings, or a spreadsheet (XLSX). Cells come out as text."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from hashlib import sha256
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from loyalty.errors import Invalid
from loyalty.ops.imports.encodings import encoding_of, text_of

LARGEST_FILE_BYTES = 100 * 2**20
LARGEST_UNPACKED_BYTES = 400 * 2**20
MOST_ROWS = 500_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
_DISARMED = re.compile(r"'\s*[=+\-@＝＋－＠]")
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, SyntaxError, LookupError, ValueError, TypeError, AttributeError)
"""What openpyxl and its parts raise at a damaged file; a fault of the XML is a SyntaxError."""


@dataclass(frozen=True)
class Row:
    """`line` as a person counts: the headings are line 1 (in CSV with line breaks in cells: the row's number)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What was in the file. `encoding` is `xlsx` for a spreadsheet; `digest` is the SHA-256 of the file's bytes."""

    encoding: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    digest: str


def read_sheet(data: bytes, encoding: str | None = None) -> Sheet:
    """All rows that are not empty. Invalid in one sentence for what is no table, or too large to be one."""
    if len(data) > LARGEST_FILE_BYTES:
        raise Invalid(f"The file is larger than {LARGEST_FILE_BYTES >> 20} MB; cut it into several.")
    if not data.strip():
        raise Invalid("The file is empty; save it again with its headings in the first row.")
    if data.startswith(b"PK\x03\x04"):
        return _sheet("xlsx", _rows_of_xlsx(data), data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("This is a spreadsheet of the old kind (.xls); save it as .xlsx or as CSV.")
    found = encoding or encoding_of(data)
    return _sheet(found.removesuffix("-sig"), _rows_of_csv(text_of(data, found)), data)


def read_head(data: bytes, rows: int = 5, encoding: str | None = None) -> Sheet:
    """As `read_sheet`, but only the headings and the first rows, so that a large spreadsheet is not read twice."""
    if data.startswith(b"PK\x03\x04"):
        return _sheet("xlsx", islice(_rows_of_xlsx(data), rows + 1), data)
    sheet = read_sheet(data, encoding)
    return replace(sheet, rows=sheet.rows[:rows])


def _sheet(encoding: str, table: Iterator[Sequence[str]], data: bytes) -> Sheet:
    headings = tuple(cell.strip().lstrip("\ufeff") for cell in next(table, ()))
    if not any(headings):
        raise Invalid("The first row of the file must hold the headings of its columns.")
    if len(headings) > MOST_COLUMNS:
        raise Invalid(f"The file has more than {MOST_COLUMNS} columns; keep those that matter.")
    rows: list[Row] = []
    for line, cells in enumerate(table, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MOST_ROWS:
            raise Invalid(f"The file has more than {MOST_ROWS:,} rows; cut it into several.")
        if len(cells) > MOST_COLUMNS or max(map(len, cells)) > LONGEST_CELL:
            raise Invalid(f"Row {line} has too many cells, or one of more than {LONGEST_CELL:,} characters; mend it.")
        rows.append(Row(line, tuple(_plain(cell) for cell in cells)))
    return Sheet(encoding, headings, tuple(rows), sha256(data).hexdigest())


def _plain(cell: str) -> str:
    """Without the apostrophe that our own exports put before what a spreadsheet would take for a formula."""
    text = cell.replace("\0", "").strip()
    return text[1:] if _DISARMED.match(text) else text


def _rows_of_csv(text: str) -> Iterator[Sequence[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Invalid(f"The file is no CSV ({error}); save it again as CSV or XLSX.") from error


def _rows_of_xlsx(data: bytes) -> Iterator[Sequence[str]]:
    """The first sheet. Sizes are looked at before anything is unpacked."""
    _refuse_bomb(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except Invalid:
        raise
    except _DAMAGE as error:
        reason = type(error).__name__
        raise Invalid(f"The spreadsheet cannot be read ({reason}); save it again as XLSX or CSV.") from error


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [entry.file_size for entry in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise Invalid("The spreadsheet is damaged; save it again as XLSX or CSV.") from error
    if sum(sizes) > min(LARGEST_UNPACKED_BYTES, 10 * 2**20 + 60 * len(data)) or len(sizes) > 2_000:
        raise Invalid("The spreadsheet unpacks to far more than a table of this size; save it again as CSV.")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
