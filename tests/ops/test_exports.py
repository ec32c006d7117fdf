"""Exports that a spreadsheet may open: nothing in them runs, nothing is lost, and they come back as they went."""

import csv
import io
import stat
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from loyalty.checkout.enrol import enrol
from loyalty.db.session import read, write
from loyalty.errors import Invalid
from loyalty.members.enrolment import NewMember
from loyalty.ops.exports.table import csv_lines, safe, write_table
from loyalty.ops.exports.tables import EXPORTS, Ways
from loyalty.ops.imports.columns import guessed
from loyalty.ops.imports.run import Job, look
from loyalty.ops.imports.sheet import read_sheet
from loyalty.points.sql_facts import SqlFacts
from tests.shop import Shop

NASTY = "=HYPERLINK(\"http://evil.example\",\"x\")"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"), ("+85261234567", "'+85261234567"), ("-2", "'-2"), ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"), ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("陳大文", "陳大文"), ("a=b", "a=b"), ("a\x00b", "ab"),
        (-5, "-5"), (Decimal("-12.50"), "-12.50"), (None, ""), (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01 09:00:00+00:00"),
    ],
)  # fmt: skip
def test_text_never_becomes_a_formula(value: object, shown: str) -> None:
    assert safe(value) == shown  # type: ignore[arg-type]


def exported(shop: Shop, kind: str, file: Path, **span: date) -> Path:
    with read(shop.engine) as session:
        version = SqlFacts(session).version(shop.clock())
        assert version is not None
        write_table(file, EXPORTS[kind].headings, EXPORTS[kind].rows(session, Ways(version.programme, **span)))
    return file


@pytest.fixture
def nasty(shop: Shop) -> Shop:
    with write(shop.engine) as session:
        new = NewMember(NASTY, number="0012", notes="'quoted", phone="61110001")
        enrol(session, new, shop.clock(), shop.conventions)
    shop.perform("purchase", id="=s1", member=shop.ann, amount=300, store="-MK")
    shop.perform("credit", id="c1", member=shop.ann, points=40, expires_on="2026-12-31")
    return shop


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_members_come_back_unchanged(nasty: Shop, tmp_path: Path, form: str) -> None:
    file = exported(nasty, "members", tmp_path / f"m.{form}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sheet = read_sheet(file.read_bytes())
    assert "0012" in {row.cells[0] for row in sheet.rows}
    assert NASTY in {row.cells[1] for row in sheet.rows}
    job = Job("members", sheet, guessed("members", sheet.headings, {}), file.name, "staff:x", nasty.conventions)
    counts = look(nasty.engine, job, nasty.clock).counts
    assert (counts.unchanged, counts.rows) == (2, 2)


def test_a_spreadsheet_holds_text_and_no_formula(nasty: Shop, tmp_path: Path) -> None:
    sheet = load_workbook(exported(nasty, "members", tmp_path / "m.xlsx")).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n", "d"}
    assert NASTY in {cell.value for row in sheet.iter_rows() for cell in row}


def test_points_and_sales_are_all_there(nasty: Shop, tmp_path: Path) -> None:
    def rows(kind: str, **span: date) -> list[dict[str, str]]:
        text = exported(nasty, kind, tmp_path / f"{kind}.csv", **span).read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    assert [(row["kind"], row["points"], row["balance_after"]) for row in rows("transfers")] == [
        ("earn", "300", "300"), ("credit", "40", "340"),
    ]  # fmt: skip
    assert sum(Decimal(row["points"]) for row in rows("balances")) == nasty.balance() == 340
    (sale,) = rows("sales")
    assert (sale["id"], sale["store"], sale["net"], sale["cancelled"]) == ("'=s1", "'-MK", "300.00", "no")
    assert rows("sales", first=date(2027, 1, 1)) == []
    assert len(rows("cards")) == 1


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def broken() -> object:
        yield ["a"]
        raise RuntimeError

    for form in ("csv", "xlsx"):
        with pytest.raises(RuntimeError):
            write_table(tmp_path / f"x.{form}", ["h"], broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Invalid, match=r"neither in \.csv nor in \.xlsx"):
        write_table(tmp_path / "x.txt", ["h"], [])
    assert "".join(csv_lines(["=h"], [])) == "\ufeff'=h\r\n"
