"""What makes no sense gets a named code and one sentence, and not a row is changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from loyalty.db.base import Base
from loyalty.db.session import read
from tests.shop import PROGRAMME
from tests.web.api.conftest import Api, opened_api

HUGE = "1" + "0" * 30
SALE = "/purchases"
BAD: list[tuple[str, Any, str]] = [
    (SALE, {"amount": "-5"}, "invalid"),
    (SALE, {"amount": HUGE}, "invalid"),
    (SALE, b'{"id": "bad", "member": "ann", "amount": 1e30}', "invalid"),
    (SALE, b'{"id": "bad", "member": "ann", "amount": 1e999999}', "invalid"),
    (SALE, b'{"id": "bad", "member": "ann", "amount": NaN}', "not_json"),
    (SALE, b'{"id": "bad", "member": "ann", "amount": Infinity}', "not_json"),
    (SALE, {"amount": "NaN"}, "invalid"),
    (SALE, {"amount": "0.0000000000001"}, "invalid"),
    (SALE, {"lines": [{"price": "1", "quantity": "-1"}]}, "invalid"),
    (SALE, {"lines": [{"price": "1", "quantity": "0"}]}, "invalid"),
    (SALE, {"lines": [{"price": HUGE}]}, "invalid"),
    (SALE, {"lines": [{"amount": "999999999999", "quantity": "1"}] * 2, "discount": "-1"}, "invalid"),
    (SALE, {"lines": [{"amount": "1"}] * 10_001}, "invalid"),
    (SALE, {"lines": []}, "invalid"),
    (SALE, {"amount": "5", "occurred_at": "2099-01-01T00:00:00Z"}, "invalid"),
    (SALE, {"amount": "5", "occurred_at": 4102444800}, "invalid"),
    (SALE, {"amount": "5", "pay": [{"wallet": "gold", "amount": "1"}]}, "invalid"),
    (SALE, {"amount": "5", "vouchers": ["none"]}, "invalid"),
    (SALE, {"amount": "5", "member": "nobody"}, "unknown_member"),
    (SALE, {"amount": "5", "id": "x" * 256}, "invalid"),
    (SALE, {"amount": "5", "id": "s1"}, "conflict"),
    (SALE, {"amount": "5", "store": 5}, "invalid"),
    (SALE, {"amount": "5", "colour": "red"}, "invalid"),
    (f"{SALE}/s1/returns", {"amount": "100.01"}, "invalid"),
    (f"{SALE}/s1/returns", {"amount": "-1"}, "invalid"),
    (f"{SALE}/s1/returns", {"lines": [{"sku": "tea", "quantity": 2}]}, "invalid"),
    (f"{SALE}/s1/returns", {"all": True, "amount": "1"}, "invalid"),
    (f"{SALE}/s1/returns", {"all": False}, "invalid"),
    (f"{SALE}/nothing/returns", {"all": True}, "not_found"),
    ("/credits", {"points": -5, "reason": "x"}, "invalid"),
    ("/credits", {"points": HUGE, "reason": "x"}, "invalid"),
    ("/credits", {"points": "0.5", "reason": "x"}, "invalid"),
    ("/credits", {"points": 5, "reason": "x", "wallet": "gold"}, "invalid"),
    ("/credits", {"points": 5, "reason": "x", "expires_on": "2020-01-01"}, "invalid"),
    ("/credits", {"points": 5, "reason": ""}, "invalid"),
    ("/debits", {"points": 101, "reason": "x"}, "insufficient_points"),
    ("/debits", {"points": 0, "reason": "x"}, "invalid"),
    ("/redemptions", {"reward": "nothing"}, "invalid"),
    ("/redemptions", {"reward": "$50 off"}, "insufficient_points"),
    ("/redemptions", {"reward": "$50 off", "quantity": "999999999999"}, "insufficient_points"),
    ("/redemptions", {"reward": "$50 off", "quantity": -1}, "invalid"),
    ("/holds", {"points": 101}, "insufficient_points"),
    ("/holds", {"points": 1, "until": "2020-01-01"}, "invalid"),
    ("/holds", {"points": 1, "until": "9999-12-31T23:59:59-12:00"}, "invalid"),
    ("/holds/nothing:release", {}, "not_found"),
    ("/transfers", {"from": "ann", "to": "ann", "points": 1}, "invalid"),
    ("/transfers", {"from": "ann", "to": "nobody", "points": 1}, "unknown_member"),
    ("/topups", {"topup": "nothing"}, "invalid"),
    ("/topups", {"wallet": "points", "pay": "-1"}, "invalid"),
    ("/topups:refund", {"amount": "1"}, "insufficient_points"),
    ("/events", {"type": "party"}, "invalid"),
    ("/events", {"type": "visit", "other": "nobody"}, "unknown_member"),
    ("/events", {"type": "signup", "member": "zoe", "birthday": "2099-01-01"}, "invalid"),
    ("/bookings/s1:reverse", {}, "invalid"),
    ("/bookings/nothing:reverse", {}, "not_found"),
    ("/members:import", {"name": "B", "wallets": {"gold": 1}}, "invalid"),
    ("/members:import", {"name": "B", "wallets": {"points": "-1"}}, "invalid"),
    ("/members:import", {"name": "B", "joined": "2099-01-01"}, "invalid"),
    ("/members:import", {"name": "B", "tier": "Platinum"}, "invalid"),
]
_NO_MEMBER = ("/transfers", "/members:import", "/bookings/", "/holds/", f"{SALE}/")


def counted(api: Api) -> dict[str, int]:
    """Rows of every table, and the sum of all balances."""
    with read(api.engine) as session:
        counts = {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        return counts | {"balances": session.scalar(sa.text("SELECT sum(active + pending + held) FROM accounts")) or 0}


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all: what is refused changes nothing."""
    with opened_api(shared, tmp_path_factory.mktemp("shop")) as api:
        assert api("PUT", "/programme", PROGRAMME.encode()).status_code == 200
        api.ok("POST", "/members:import", {"id": "import", "member": "ann", "name": "Ann"})
        api.ok("POST", SALE, {"id": "s1", "member": "ann", "lines": [{"sku": "tea", "amount": "100"}]})
        yield api


@pytest.mark.parametrize(("path", "body", "code"), BAD)
def test_it_is_refused_by_name_and_changes_nothing(shop: Api, path: str, body: Any, code: str) -> None:
    if isinstance(body, dict):
        member = {} if path.startswith(_NO_MEMBER) else {"member": "ann"}
        body = {"id": "bad", **member, **body}
    before = counted(shop)
    answer = shop("POST", path, body)
    problem = answer.get_json()
    assert 400 <= answer.status_code < 500, answer.text
    assert problem["code"] == code, answer.text
    assert problem["detail"].endswith(".")
    assert "Traceback" not in answer.text
    assert counted(shop) == before


def test_a_million_lines_are_too_many(shop: Api) -> None:
    line = b'{"amount": "1"}'
    body = b'{"id": "bad", "member": "ann", "lines": [' + b",".join([line] * 1_000_000) + b"]}"
    before = counted(shop)
    answer = shop("POST", SALE, body)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    assert answer.get_json()["detail"] == "The body is larger than 4 MiB; send less at a time."
    assert counted(shop) == before


def test_a_number_too_long_for_python_is_refused(shop: Api) -> None:
    body = b'{"id": "bad", "member": "ann", "amount": ' + b"9" * 100_000 + b"}"
    answer = shop("POST", SALE, body)
    assert 400 <= answer.status_code < 500


def test_a_programme_of_nonsense_changes_nothing(shop: Api) -> None:
    before = counted(shop)
    depth = b"{" * 5_000
    for text in (b"", b"[]", b"wallets: {}", b"wallets: {points: {decimals: 99}}", b"\xff", depth, b"a: &a [*a]"):
        answer = shop("PUT", "/programme", text)
        assert answer.status_code in (400, 422), (text[:20], answer.text)
    assert counted(shop) == before
