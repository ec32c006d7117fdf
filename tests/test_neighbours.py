"""Rows of files that share a worker: each file stands in one, and what was started goes when its row ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.neighbours import ROWS, Standing, row_of

HERE = Path(__file__).parent


def test_every_file_of_a_row_is_there_and_in_no_other_row() -> None:
    files = [file for row in ROWS.values() for file in row]
    assert [file for file in files if not (HERE / f"{file}.py").exists()] == []
    assert len(files) == len(set(files))


def test_files_of_a_row_stay_together_and_others_by_themselves() -> None:
    assert row_of("tests/browser/test_kiosk.py::test_a[zh]") == row_of("tests/browser/test_cashier.py::test_b")
    assert row_of("tests/wire/test_pn532.py::test_a") == "tests/wire/test_pn532.py"


def test_what_stands_is_started_once_and_ended_once() -> None:
    said: list[str] = []

    @contextmanager
    def shop() -> Iterator[str]:
        said.append("opened")
        yield "shop"
        said.append("closed")

    standing = Standing()
    assert [standing.get("shop", shop) for _ in range(3)] == ["shop"] * 3
    assert said == ["opened"]
    standing.close()
    standing.close()
    assert said == ["opened", "closed"]
    assert standing.get("shop", shop) == "shop"
