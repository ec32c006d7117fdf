"""Files as shops save them, and files that are none: encodings, spreadsheets, bombs."""

import io
import zipfile
from collections.abc import Callable

import pytest

from loyalty.errors import Invalid
from loyalty.ops.imports.encodings import encoding_of
from loyalty.ops.imports.sheet import read_sheet
from tests.ops.test_imports import MEMBERS, xlsx

SIMPLIFIED = "编号,姓名,电话\nB1,张伟,61110004\nB2,刘洋,61110005\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (MEMBERS, "utf-8", "utf-8"), (MEMBERS, "utf-8-sig", "utf-8"), (MEMBERS, "utf-16", "utf-16"),
        (MEMBERS, "utf-16-le", "utf-16-le"), (MEMBERS, "big5hkscs", "big5hkscs"),
        (SIMPLIFIED, "gb18030", "gb18030"), (SIMPLIFIED, "utf-16-be", "utf-16-be"),
    ],
)  # fmt: skip
def test_an_encoding_is_found_and_the_names_come_out_whole(text: str, encoding: str, found: str) -> None:
    data = text.encode(encoding)
    assert encoding_of(data).removesuffix("-sig") == found
    sheet = read_sheet(data)
    assert sheet.headings == tuple(text.splitlines()[0].split(","))
    assert [row.cells[1] for row in sheet.rows] == [line.split(",")[1] for line in text.splitlines()[1:]]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 * 2**20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb, "unpacks to far more"),
        (lambda: b"", "is empty"),
        (lambda: b"\xd0\xcf\x11\xe0old", "old kind"),
        (lambda: b"PK\x03\x04 broken", "damaged"),
        (lambda: xlsx(("Name",), ("x",)).replace(b"sheet1", b"sheeX1"), "cannot be read"),
        (lambda: ("a," * 300 + "\n1\n").encode(), "more than 200 columns"),
        (lambda: b"name\n" + b"x" * 30_000, "20,000 characters"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_sheet(make())
