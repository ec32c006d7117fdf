"""Traces on disk: JSON lines, a header first. `loyalty devices replay` and technicians elsewhere read them."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from loyalty.devices.trace.rows import Header, Row
from loyalty.errors import Invalid

FORM = "loyalty-trace-1"


def write_trace(path: Path, header: Header, rows: Iterable[Row]) -> None:
    """Overwrites `path`."""
    lines = [json.dumps({"form": FORM, **asdict(header)}, ensure_ascii=False)]
    lines += [json.dumps(row.to_json(), ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def read_trace(path: Path) -> tuple[Header, list[Row]]:
    """Invalid in one sentence, with the line, when the file is no trace."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    try:
        head = json.loads(lines[0])
        if head.pop("form") != FORM:
            raise ValueError("its first line names another form")
        header = Header(**head)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"{path} is no trace ({error}); write one with `loyalty devices trace --out`.") from error
    rows = []
    for number, line in enumerate(lines[1:], 2):
        try:
            rows.append(Row(**json.loads(line)))
        except (TypeError, ValueError) as error:
            raise Invalid(f"Line {number} of {path} is no row of a trace: {error}.") from error
    return header, rows
