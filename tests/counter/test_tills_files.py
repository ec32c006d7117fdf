"""What tills write, read: numbers and times of other countries, cut-off files, mappings that are wrong."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.counter.tills.composing import decimal_of
from loyalty.counter.tills.files import CutOff, looks_whole, read_file
from loyalty.counter.tills.mapping import Mapping, read_mapping
from loyalty.errors import ConfigError, Invalid
from tests.counter.till_pages import one

ZONE = ZoneInfo("Asia/Hong_Kong")


def mapping_of(page: str, name: str, folder: Path) -> Mapping:
    (folder / name).write_text(one(page, name), "utf-8")
    return read_mapping(folder / name)


def read(page: str, mapping: str, file: str, folder: Path, text: str | None = None) -> list[dict[str, Any]]:
    return read_file((text or one(page, file)).encode(), mapping_of(page, mapping, folder), ZONE)


def test_rows_of_one_receipt_are_its_lines_and_what_is_below_zero_is_a_discount(tmp_path: Path) -> None:
    first, second = read("folder.md", "bakery.toml", "bakery/sales.csv", tmp_path)
    assert first == {
        "receipt": "21.11.2026-1", "card": {"kind": "barcode", "value": "100001"},
        "at": "2026-11-21T09:15:00+08:00", "discount": "1.50",
        "lines": [
            {"sku": "BUN", "amount": "13.50", "quantity": "3"}, {"sku": "COFFEE", "amount": "18.00", "quantity": "1"},
        ],
    }  # fmt: skip
    assert "card" not in second


def test_a_sales_report_is_sorted_by_receipt(tmp_path: Path) -> None:
    [body] = read("edifact.md", "chain.toml", "chain/report.edi", tmp_path)
    assert body == {
        "receipt": "S-9001", "card": {"kind": "barcode", "value": "100001"}, "at": "2026-11-21T12:00:00+08:00",
        "lines": [
            {"sku": "4890001000017", "amount": "40.00", "quantity": "2"},
            {"sku": "4890001000024", "amount": "15.00", "quantity": "1"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("damage", [
    ("UNH+1+SLSRPT", "UNH+1+ORDERS"), ("UNB+UNOC:3", "UNX+UNOC"), ("UNT+20+1'", ""), ("UNA:+.? '", "XYZ"),
    ("QTY+153:2:PCE'", "QTY+153:two:PCE'"), ("MOA+203:40.00", "MOA+203:?"),
])  # fmt: skip
def test_a_damaged_interchange_is_one_sentence(tmp_path: Path, damage: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        read("edifact.md", "chain.toml", "", tmp_path, one("edifact.md", "chain/report.edi").replace(*damage))


def test_every_cut_of_a_file_is_waited_for_or_refused(tmp_path: Path) -> None:
    """A till writes slowly: no beginning of an interchange or a JSON document looks whole."""
    for page, mapping, file in (("edifact.md", "chain.toml", "chain/report.edi"),
                                ("folder.md", "cafe.toml", "cafe/day.json")):  # fmt: skip
        rule, whole = mapping_of(page, mapping, tmp_path), one(page, file).encode()
        assert looks_whole(whole, rule)
        end = len(whole.rstrip()) - len(b"UNZ+1+20261121001'") if rule.format == "edifact" else len(whole.rstrip()) - 1
        for size in range(0, end, 7):
            assert not looks_whole(whole[:size], rule), size
            with pytest.raises(CutOff):
                read_file(whole[:size], rule, ZONE)


@pytest.mark.parametrize(("text", "decimal", "amount"), [
    ("128.50", ".", "128.50"), ("HK$1,234.50", ".", "1234.50"), ("1.234,50 €", ",", "1234.50"),
    ("12.50-", ".", "-12.50"), ("-0,05", ",", "-0.05"), ("88", ",", "88"),
])  # fmt: skip
def test_amounts_as_tills_print_them(text: str, decimal: str, amount: str) -> None:
    assert str(decimal_of(text, Mapping("csv", decimal=decimal))) == amount


@pytest.mark.parametrize("text", ["", "-", "1.2.3", "total"])
def test_what_is_no_amount_is_said(text: str) -> None:
    with pytest.raises(Invalid, match="is no amount"):
        decimal_of(text, Mapping("csv"))


@pytest.mark.parametrize(("toml", "sentence"), [
    ("format = ", "is not TOML"),
    ('format = "xml"', "known are csv, json, text, edifact"),
    ('format = "csv"', "receipt's number"),
    ('format = "csv"\ncolour = 1', "colour"),
    ('format = "csv"\nencoding = "utf-99"', "encoding that does not exist"),
    ('format = "csv"\n[receipt]\nreceipt = "a"\nprice = "b"', "receipt.price"),
    ('format = "text"', "no pattern with a group"),
    ("format = \"text\"\n[text]\npatterns = ['(?P<receipt>']", "no regular expression"),
    ("format = \"text\"\n[text]\npatterns = ['(?P<receipt>x)(?P<sum>y)']", "group called 'sum'"),
])  # fmt: skip
def test_a_wrong_mapping_is_one_sentence(tmp_path: Path, toml: str, sentence: str) -> None:
    (tmp_path / "till.toml").write_text(toml, "utf-8")
    with pytest.raises(ConfigError, match=sentence):
        read_mapping(tmp_path / "till.toml")


def test_a_total_below_zero_must_say_what_comes_back(tmp_path: Path) -> None:
    text = one("folder.md", "cafe/day.json").replace("64.0", "-64.0").replace('"items"', '"things"')
    with pytest.raises(Invalid, match="items"):
        read("folder.md", "cafe.toml", "", tmp_path, text)
    rule = Mapping("csv", receipt={"receipt": "no", "amount": "sum", "returns": "of"})
    with pytest.raises(Invalid, match="which receipt comes back"):
        read_file(b"no,sum,of\n1,-5,\n", rule, ZONE)
    assert read_file(b"no,sum,of\n2,-5.00,1\n", rule, ZONE) == [{"receipt": "2", "returns": "1", "amount": "5.00"}]
    assert read_file(b"no,sum,of\n3,0.00,\n", rule, ZONE) == []
