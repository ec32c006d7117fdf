"""The rows that were left out, as they came, with the reason beside each: mended and imported again it is enough."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from loyalty.ops.exports.table import Cell, write_table
from loyalty.ops.imports.run import Problem
from loyalty.ops.imports.sheet import Sheet

ADDED = ("row", "error")


def error_table(sheet: Sheet, problems: Sequence[Problem]) -> tuple[list[str], Iterator[Sequence[Cell]]]:
    """Headings and rows of the error file."""
    why = {problem.row: problem.sentence for problem in problems}
    width = len(sheet.headings)
    rows: Iterator[list[Cell]] = (
        [*row.cells[:width], *[""] * (width - len(row.cells)), row.line, why[row.line]]
        for row in sheet.rows
        if row.line in why
    )
    return [*sheet.headings, *ADDED], rows


def write_errors(file: Path, sheet: Sheet, problems: Sequence[Problem]) -> int:
    """CSV or XLSX by the file's ending; the number of rows in it."""
    return write_table(file, *error_table(sheet, problems))
