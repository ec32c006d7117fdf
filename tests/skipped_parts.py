"""Skips tests whose part of the machine is missing, and says which in one table at the end.

A test names its part with a marker: `browser`, `pcsc`, `nfc_tools`, `postgres`.
"""

import os
from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from requirements.parts import COMPILER, PARTS, Part, how_to_add

LIBRARIES = {"browser": "playwright", "pcsc": "smartcard", "postgres": "psycopg"}
PCSCD_SOCKET = Path("/run/pcscd/pcscd.comm")
HEADINGS = ("part", "tests", "skipped because", "to add")


def why_not(part: Part) -> tuple[str, str] | None:
    """Why tests of a part cannot run here, and the command that mends it; None when they can."""
    if reason := part.missing():
        return reason, how_to_add(part.packages)
    library = LIBRARIES.get(part.marker)
    if library and find_spec(library) is None:
        tools_first = part.marker == "pcsc" and COMPILER.missing()
        mend = f"{how_to_add(COMPILER.packages)}, then ./test" if tools_first else "./test"
        return f"{library} is not installed", mend
    if part.marker == "pcsc" and os.geteuid() != 0 and not PCSCD_SOCKET.exists():
        return "pcscd is not running and only root may start it", "sudo systemctl start pcscd"
    return None


Report = pytest.TestReport | pytest.CollectReport
Row = tuple[str, str, str, str]
MISSING = {part: mend for part in PARTS if part.marker and (mend := why_not(part))}


def skip_what_is_missing(items: list[pytest.Item]) -> None:
    for part, (reason, _) in MISSING.items():
        for item in items:
            if item.get_closest_marker(part.marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = table_rows(terminalreporter.getreports("skipped"))
    if not rows:
        return
    terminalreporter.section("skipped parts")
    for line in laid_out([HEADINGS, *rows]):
        terminalreporter.write_line(line)


def table_rows(reports: Iterable[Report]) -> list[Row]:
    """One row for each part and reason."""
    counts = Counter((_part_of(report), _reason_of(report)) for report in reports)
    return [
        (part.name if part else "other", str(count), reason, _how(part, reason))
        for (part, reason), count in sorted(counts.items(), key=str)
    ]


def laid_out(rows: list[Row]) -> list[str]:
    """Columns as wide as their widest cell."""
    part, tests, reason, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [f"{row[0]:{part}}  {row[1]:{tests}}  {row[2]:{reason}}  {row[3]}" for row in rows]


def _part_of(report: Report) -> Part | None:
    keywords = getattr(report, "keywords", {})
    return next((part for part in PARTS if part.marker and part.marker in keywords), None)


def _reason_of(report: Report) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def _how(part: Part | None, reason: str) -> str:
    known = MISSING.get(part) if part else None
    return known[1] if known and known[0] == reason else "-"
