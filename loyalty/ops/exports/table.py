"""Rows into a CSV or XLSX file. Text that a spreadsheet would run as a formula is made plain text (CWE-1236)."""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from loyalty.errors import Invalid

Cell = str | int | Decimal | date | datetime | None
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's own code page."""
FORMS = ("csv", "xlsx")
MOST_XLSX_ROWS = 1_048_575


def safe(value: Cell) -> str:
    """As it stands in CSV: an apostrophe goes before text that would be a formula. Imports take it off again."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return _day_or_moment(value)
    text = _CONTROL.sub("", value)
    return f"'{text}" if text.lstrip(" \n").startswith(_DANGEROUS) or text.startswith(("\t", "\r", "\n")) else text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV file piece by piece, the byte order mark first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    writer.writerow([safe(heading) for heading in headings])
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def xlsx_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet. Text is text, whatever it begins with; Invalid for more rows than a sheet holds."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("loyalty")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, heading) for heading in headings])
    try:
        for number, row in enumerate(rows):
            if number >= MOST_XLSX_ROWS:
                raise Invalid(f"A spreadsheet holds {MOST_XLSX_ROWS:,} rows; export as CSV, or a shorter time.")
            sheet.append([_cell(sheet, value) for value in row])
    except BaseException:
        sheet.close()  # else its half-written part complains when it is thrown away
        raise
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, datetime):
        value = _day_or_moment(value)  # a spreadsheet's times have no zone
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _CONTROL.sub("", value)[:32_767])
    cell.data_type = "s"  # else what begins with = would be a formula
    return cell


def _day_or_moment(value: date) -> str:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()


def form_of(file: Path) -> str:
    """csv or xlsx, by the file's ending; Invalid for others."""
    form = file.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise Invalid(f"{file.name} ends neither in .csv nor in .xlsx; name the file so that its form is known.")
    return form


def write_table(file: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Writes the file as a whole or not at all, readable for its owner only; gives the number of rows."""
    counted = _Counted(rows)
    form = form_of(file)
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        if form == "xlsx":
            part.write_bytes(xlsx_bytes(headings, counted))
        else:
            with part.open("w", encoding="utf-8", newline="") as out:
                out.writelines(csv_lines(headings, counted))
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    return counted.number


class _Counted:
    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._rows, self.number = rows, 0

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.number += 1
            yield row
