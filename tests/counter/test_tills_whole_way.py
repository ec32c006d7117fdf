"""The examples of docs/tills as they stand there: a till of each kind, the real counter, the real server."""

import json
import os
import sqlite3
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.counter.till_pages import blocks, one
from tests.databases import NAME
from tests.journeys.programs import call, until
from tests.journeys.world import Person, World

WITH_FILES = ("folder.md", "edifact.md")
KEY = "change-me-please-0001"


class Shop(World):
    """With all the tills of the pages. `line` is the far end of the old till's serial line."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.line, near = os.openpty()
        tty.setraw(near, termios.TCSANOW)
        settings = [text for page in ("http.md", *WITH_FILES, "keyboard.md") for text in blocks(page)["counter"]]
        serial = one("serial.md", "counter").replace("/dev/ttyS1", os.ttyname(near))
        self.last_settings = [*settings, serial]
        for page in (*WITH_FILES, "serial.md", "keyboard.md"):
            for name, [text] in ((name, text) for name, text in blocks(page).items() if name.endswith(".toml")):
                (folder / name).write_text(text, "utf-8")
        super().__init__(folder, shared)

    def _settings(self, key: str) -> str:
        return super()._settings(key) + "".join(self.last_settings)

    def leave(self, page: str, name: str, person: Person) -> dict[str, Any]:
        """The till writes the page's file; its outcome."""
        path = self.folder / name
        path.write_text(one(page, name).replace("100001", person.number), "utf-8")
        return self.outcome(path.parent / "done" / path.name)

    def outcome(self, path: Path) -> dict[str, Any]:
        report = path.with_name(path.name + ".outcome.json")
        until(f"{report} is there", 30, path.exists)
        return dict(json.loads(report.read_text("utf-8")))


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("tills"), shared)
    try:
        shop.start()
        shop.anew()
        yield shop
    finally:
        shop.stop()


@pytest.fixture
def chan(shop: Shop) -> Person:
    """A member with no points yet."""
    return shop._enrol("陳大文", "zh-Hant")


def points(shop: Shop, person: Person, wanted: str) -> None:
    until(f"{person.name} has {wanted}", 30, lambda: shop.balance(person) == Decimal(wanted))


def test_by_http(shop: Shop, chan: Person) -> None:
    program = one("http.md", "run").replace("http://127.0.0.1:8100", shop.url).replace("100001", chan.number)
    command = [sys.executable, "-c", program]
    said = [subprocess.run(command, capture_output=True, text=True, check=True, timeout=45).stdout for _ in range(2)]
    assert [line[:3] for line in said] == ["201", "200"]
    assert '"repeated":true' in said[1] and '"receipt":"2026-11-21-000123"' in said[1]
    assert shop.balance(chan) == 128


def test_by_http_only_with_the_tills_own_key(shop: Shop, chan: Person) -> None:
    url, body = shop.url + "/tills/pos-1/receipts", {"receipt": "H-1", "amount": "5", "card": chan.number}
    for key in (None, "wrong", KEY + "1"):
        assert call("POST", url, body, key=key)[0] == 401
    assert call("POST", shop.url + "/tills/bakery/receipts", body, key=KEY)[0] == 404
    assert call("POST", url, {**body, "colour": 1}, key=KEY)[1]["detail"].startswith("A sale has no field")
    unknown = call("POST", url, {**body, "card": "nobody-has-this"}, key=KEY)
    assert (unknown[0], unknown[1]["status"]) == (201, "unmatched")  # kept for staff to find its owner
    assert call("POST", url, {"receipt": "H-2", "amount": "5"}, key=KEY)[1]["status"] == "no_member"
    assert call("POST", url, {"receipt": "H-3", "amount": "20", "card": chan.number}, key=KEY)[0] == 201
    status, back = call("POST", url, {"receipt": "H-4", "returns": "H-3", "amount": "5"}, key=KEY)
    assert (status, back["receipt"]) == (201, "H-4")
    assert shop.balance(chan) == 15


def test_by_csv_twice_the_same_file(shop: Shop, chan: Person) -> None:
    first = shop.leave("folder.md", "bakery/sales.csv", chan)
    assert [(row["receipt"], row["status"]) for row in first["receipts"]] == [
        ("21.11.2026-1", "booked"), ("21.11.2026-2", "no_member"),
    ]  # fmt: skip
    assert shop.balance(chan) == 30
    (shop.folder / "bakery" / "sales.csv").write_bytes((shop.folder / "bakery" / "done" / "sales.csv").read_bytes())
    again = shop.outcome(shop.folder / "bakery" / "done" / "sales-2.csv")
    assert [row["repeated"] for row in again["receipts"]] == [True, True]
    assert shop.balance(chan) == 30


@pytest.mark.slow
def test_by_json(shop: Shop, chan: Person) -> None:
    assert shop.leave("folder.md", "cafe/day.json", chan)["receipts"][0]["status"] == "booked"
    assert shop.balance(chan) == 64


@pytest.mark.slow
def test_by_the_receipts_text(shop: Shop, chan: Person) -> None:
    rows = shop.leave("folder.md", "printed/roll.txt", chan)["receipts"]
    assert [row["receipt"] for row in rows] == ["K-1001"]
    assert shop.balance(chan) == 45


@pytest.mark.slow
def test_by_edifact(shop: Shop, chan: Person) -> None:
    rows = shop.leave("edifact.md", "chain/report.edi", chan)["receipts"]
    assert [(row["receipt"], row["status"]) for row in rows] == [("S-9001", "booked")]
    assert shop.balance(chan) == 55


def test_by_a_serial_line_with_printer_commands(shop: Shop, chan: Person) -> None:
    text = one("serial.md", "sent").replace("100001", chan.number).encode("cp437")
    sent = b"\x1b@\x1ba\x01" + text.replace(b"\n", b"\x1bE\x00\n") + b"\x1dV\x42\x00"
    for at in range(0, len(sent), 7):
        os.write(shop.line, sent[at : at + 7])
    points(shop, chan, "30")
    os.write(shop.line, sent)  # a copy is printed
    os.write(shop.line, sent.replace(b"00042", b"00043"))
    points(shop, chan, "60")


def test_what_cannot_be_read_is_work_for_staff_and_the_next_receipt_is_booked(shop: Shop, chan: Person) -> None:
    """A total in letters on the serial line, then one that is right; and a file that is no sales report."""
    text = one("serial.md", "sent").replace("100001", chan.number).replace("00042", "00077")
    broken = text.replace("TOTAL           30.00", "TOTAL           3.0.0,0\nFor chan@example.com 6123 4567")
    os.write(shop.line, (broken + text.replace("00077", "00078")).encode("cp437"))
    points(shop, chan, "30")
    (shop.folder / "chain" / "torn.edi").write_text("UNA:+.? 'UNB+NO'UNZ+1+1'")
    shop.all_sent()
    with closing(sqlite3.connect(shop.data_dir / NAME, timeout=20)) as database:
        def told() -> list[dict[str, str]]:
            rows = "SELECT body FROM staff_work WHERE kind = 'unreadable_receipt' ORDER BY id"
            return [json.loads(body) for (body,) in database.execute(rows)]

        until("both are told", 60, lambda: len(told()) >= 2)
        serial, report = told()[:2]
    assert (serial["till"], report["till"]) == ("old-till", "chain")
    assert "No.2611-00077" in serial["text"] and "3.0.0,0" in serial["text"] and "Soap" in serial["text"]
    assert "chan@example" not in serial["text"] and "6123 4567" not in serial["text"]
    assert "UNZ+1+1" in report["text"]


@pytest.mark.slow
def test_by_typing(shop: Shop, chan: Person) -> None:
    line = one("keyboard.md", "typed").strip().replace("100001", chan.number)
    for repeated in (False, True):
        [answer] = call("POST", shop.url + "/tills/typist/lines", {"line": line})[1]["receipts"]
        assert (answer["status"], answer["repeated"]) == ("booked", repeated)
    assert shop.balance(chan) == 88
    [refused] = call("POST", shop.url + "/tills/typist/lines", {"line": line.replace("88.00", "89.00")})[1]["receipts"]
    assert refused["status"] == "refused"
    assert "R-000501" in shop.state()["notice"]["detail"]


def test_without_the_server_it_is_stored_and_credited_later(shop: Shop, chan: Person) -> None:
    shop.server.kill()
    body = {"receipt": "OFF-1", "amount": "33", "card": chan.number}
    status, answer = call("POST", shop.url + "/tills/pos-1/receipts", body, key=KEY)
    assert (status, answer["status"]) == (202, "pending")
    shop.server.start()
    points(shop, chan, "33")
    assert call("POST", shop.url + "/tills/pos-1/receipts", body, key=KEY)[1]["status"] == "booked"
