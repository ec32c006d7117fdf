"""Whoever changes the ledger behind our back is found, and the row is named."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from loyalty.db.session import read
from loyalty.ops.backup import backup, restore
from loyalty.ops.verify import verify
from loyalty.points.sql_history import ledger_rows
from tests.shop import Shop


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A shop with sales, a return, a reward and a hold."""
    for number in range(6):
        shop.clock.forward(timedelta(hours=1))
        shop.perform("purchase", id=f"s{number}", member=shop.ann, amount="200.00")
    shop.perform("return", id="r1", of="s2", amount="50")
    shop.perform("redeem", id="d1", member=shop.ann, reward="$50 off")
    shop.perform("hold", id="h1", member=shop.ann, wallet="points", points=30)
    return shop


def tamper(shop: Shop, *statements: str) -> None:
    """With sqlite3 itself, triggers out of the way, as somebody with the file in hand would."""
    connection = sqlite3.connect(str(shop.engine.url.database))
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.execute(statement).rowcount == 1, statement
    connection.commit()
    connection.close()


def numbers(shop: Shop) -> list[int]:
    with read(shop.engine) as session:
        return [row.number for row in ledger_rows(session, shop.ann)][::-1]


def test_an_honest_ledger_adds_up(busy: Shop) -> None:
    report = busy.verify()
    assert report.as_json() == {"ok": True, "accounts": 1, "transfers": 8, "lots": 6, "problems": []}


@pytest.mark.parametrize(
    "change",
    ["amount = amount + 1", "reason = 'gift'", "kind = 'credit'", "balance_after = balance_after + 1", "booking = 's5'",
     "occurred_at = '2026-03-01T00:00:00.000000Z'"],
)  # fmt: skip
def test_a_changed_transfer_is_named(busy: Shop, change: str) -> None:
    row = numbers(busy)[2]
    tamper(busy, f"UPDATE transfers SET {change} WHERE number = {row}")
    found = [(problem.table, problem.row) for problem in busy.verify().problems]
    assert ("transfers", str(row)) in found


def test_a_removed_transfer_is_noticed_at_the_next(busy: Shop) -> None:
    rows = numbers(busy)
    tamper(busy, f"DELETE FROM transfers WHERE number = {rows[2]}")
    found = [(problem.table, problem.row) for problem in busy.verify().problems]
    assert ("transfers", str(rows[3])) in found


def test_a_transfer_cut_off_at_the_end_is_noticed(busy: Shop) -> None:
    tamper(busy, f"DELETE FROM transfers WHERE number = {numbers(busy)[-1]}")
    assert {problem.table for problem in busy.verify().problems} >= {"accounts"}


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE accounts SET active = active + 10", "accounts"),
        ("UPDATE accounts SET balance = balance + 10", "accounts"),
        ("UPDATE lots SET remaining = remaining + 10 WHERE number = (SELECT max(number) FROM lots)", "lots"),
        ("DELETE FROM lots WHERE number = (SELECT max(number) FROM lots)", "lots"),
        ("UPDATE transfers SET moves = replace(moves, ', 0]', ', 1]') WHERE number ="
         " (SELECT max(number) FROM transfers)", "transfers"),
        ("UPDATE transfers SET moves = '[]' WHERE number = (SELECT max(number) FROM transfers)", "lots"),
        ("UPDATE standings SET spend = spend + 1", "standings"),
        ("DELETE FROM purchases WHERE id = 's4'", "standings"),
        ("INSERT INTO purchase_changes SELECT purchase, member, day, number, net - 1, counts, refunded, returned,"
         " cancelled FROM purchase_states WHERE purchase = 's4'", "standings"),
        ("INSERT INTO purchase_changes SELECT 'nowhere', member, day, number, net, counts, refunded, returned,"
         " cancelled FROM purchase_states WHERE purchase = 's4'", "purchase_changes"),
    ],
)  # fmt: skip
def test_a_wrong_cache_is_named(busy: Shop, statement: str, table: str) -> None:
    tamper(busy, statement)
    report = busy.verify()
    assert not report.ok
    assert table in {problem.table for problem in report.problems}


def test_a_backup_is_taken_while_selling_and_put_back(busy: Shop, tmp_path: Path) -> None:
    saved = tmp_path / "saved.sqlite"
    with read(busy.engine) as session:
        before = verify(session).as_json()
        assert backup(busy.engine, saved) > 0
    busy.perform("purchase", id="after", member=busy.ann, amount="5")
    kept = restore(busy.engine, saved)
    assert busy.verify().as_json() == before
    assert kept is not None
    assert kept.exists()
    busy.perform("purchase", id="after", member=busy.ann, amount="5")
    assert busy.verify().ok
