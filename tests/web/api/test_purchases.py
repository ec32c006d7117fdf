"""Sales, returns and points by hand over HTTP; each booked once, each explained."""

from datetime import timedelta
from typing import Any

import pytest

from loyalty.db.session import read
from loyalty.ops.verify import verify
from tests.shop import OPENED
from tests.web.api.conftest import Api


def balance(api: Api, member: dict[str, Any]) -> Any:
    return api.ok("GET", f"/members/{member['id']}")["wallets"]["points"]["available"]


def test_a_sale_is_booked_once_and_answered_the_same(api: Api, ann: dict[str, Any]) -> None:
    body = {"id": "s1", "token": "04A2B3C4", "amount": "105.50", "store": "Central"}
    first = api("POST", "/purchases", body)
    assert first.status_code == 201
    booked = first.get_json()
    assert (booked["purchase"], booked["total"], booked["earned"]) == ("s1", "105.50", {"points": 105})
    assert booked["wallets"]["points"]["available"] == 105
    assert booked["face"]["balance"] == "105"
    assert booked["receipt"]["total"] == "105.50"
    again = api("POST", "/purchases", {**body, "amount": 105.5})  # numbers go by value
    assert (again.status_code, again.get_json()) == (201, booked)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = api("POST", "/purchases", {**body, "amount": "105.51"})
    assert (other.status_code, other.get_json()["code"]) == (409, "conflict")
    assert balance(api, ann) == 105


def test_an_idempotency_key_does_as_well_as_an_id(api: Api, ann: dict[str, Any]) -> None:
    body = {"member": ann["id"], "amount": "10"}
    for _ in range(2):
        assert api("POST", "/purchases", body, Idempotency_Key="k-1").status_code == 201
    assert balance(api, ann) == 10
    without = api("POST", "/purchases", body)
    assert (without.status_code, without.get_json()["errors"][0]["pointer"]) == (422, "/id")


def test_a_quote_books_nothing(api: Api, ann: dict[str, Any]) -> None:
    told = api.ok("POST", "/purchases:quote", {"member": ann["id"], "amount": "700"})
    assert told["earned"] == {"points": 700}
    assert balance(api, ann) == 0
    api.ok("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "700"})
    told = api.ok("POST", "/purchases:quote", {"member": ann["id"], "amount": "60", "redeem": [{"reward": "$50 off"}]})
    assert (told["total"], told["redeemed"]) == ("10.00", 500)
    assert [reward["name"] for reward in told["rewards"]] == ["$50 off"]


def test_rewards_returns_and_undoing(api: Api, ann: dict[str, Any]) -> None:
    api.ok("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "600"})
    sale = {"id": "s2", "member": ann["id"], "amount": "60", "redeem": [{"reward": "$50 off"}]}
    assert api.ok("POST", "/purchases", sale)["total"] == "10.00"
    assert balance(api, ann) == 110
    half = api.ok("POST", "/purchases/s2/returns", {"id": "r1", "amount": "5"})
    assert half["refund"] == "5.00"
    rest = api.ok("POST", "/purchases/s2:cancel", {"id": "c1"})
    assert rest["refund"] == "5.00"
    assert balance(api, ann) == 600
    assert api("POST", "/purchases/nothing:cancel", {"id": "c2"}).status_code == 404
    assert api.ok("POST", "/redemptions", {"id": "d1", "member": ann["id"], "reward": "$50 off"})["redeemed"] == 500
    poor = api("POST", "/redemptions", {"id": "d2", "member": ann["id"], "reward": "$50 off"})
    assert (poor.status_code, poor.get_json()["code"]) == (422, "insufficient_points")
    with read(api.engine) as session:
        assert verify(session).ok


def test_points_by_hand_need_a_reason(api: Api, ann: dict[str, Any]) -> None:
    api.ok("POST", "/credits", {"id": "c1", "member": ann["id"], "points": 50, "reason": "sorry"})
    api.ok("POST", "/debits", {"id": "d1", "member": ann["id"], "points": 20, "reason": "typing slip"})
    assert balance(api, ann) == 30
    assert api("POST", "/credits", {"id": "c2", "member": ann["id"], "points": 50}).status_code == 422
    rows = api.ok("GET", f"/members/{ann['id']}/ledger")["rows"]
    assert [(row["code"], row["amount"], row["reason"], row["balance_after"]) for row in rows] == [
        ("debit", -20, "typing slip", 30),
        ("credit", 50, "sorry", 50),
    ]


def test_any_balance_of_the_past_can_be_told(api: Api, ann: dict[str, Any]) -> None:
    for day in range(1, 4):
        api.clock.set(OPENED + timedelta(days=day))
        api.ok("POST", "/purchases", {"id": f"s{day}", "member": ann["id"], "amount": "10"})
    told = [
        api.ok("GET", f"/members/{ann['id']}/balance?at={moment}")["wallets"]["points"]
        for moment in ("2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z", "2026-03-03T12:00:00Z")
    ]
    assert told == [0, 10, 20]
    assert api.ok("GET", f"/members/{ann['id']}/balance")["wallets"]["points"] == 30


def test_every_row_is_explained(api: Api, ann: dict[str, Any]) -> None:
    lines = [{"sku": "tea", "amount": "12.50"}, {"sku": "cup", "price": "3", "quantity": 2}]
    api.ok("POST", "/purchases", {"id": "s1", "member": ann["id"], "lines": lines})
    row = api.ok("GET", f"/members/{ann['id']}/ledger")["rows"][0]
    why = api.ok("GET", f"/ledger/{row['id']}:explain")
    assert (why["verb"], why["programme"], why["row"]["amount"]) == ("purchase", 1, 18)
    assert [(rule["rule"], rule["points"]) for rule in why["rules"]] == [("base", "18")]
    assert [(line["sku"], line["quantity"], line["paid"]) for line in why["inputs"]] == [
        ("tea", "1", "12.5"), ("cup", "2", "6"),
    ]  # fmt: skip
    assert why["lots"][0]["last_day"] == "2027-03-31"
    assert api("GET", "/ledger/999999:explain").status_code == 404
    assert api("GET", "/ledger/abc:explain").status_code == 404


def test_points_that_died_since_the_last_sale_are_not_shown(api: Api, ann: dict[str, Any]) -> None:
    api.ok("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "10"})
    api.clock.set(OPENED + timedelta(days=365 + 20))
    soon = api.ok("GET", f"/members/{ann['id']}")["wallets"]["points"]
    assert (soon["available"], soon["expiring"]) == (10, [{"on": "2027-03-31", "amount": 10}])
    api.clock.set(OPENED + timedelta(days=365 + 40))
    assert balance(api, ann) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "12,5x"}, {"amount": "NaN"}, {"amount": 1e300}, {"amount": "1" + "0" * 30}, {"amount": True},
        {"amount": None}, {"lines": [{"amount": "1"}], "amount": "1"}, {"lines": [{"amount": "1", "quantity": 0}],
        "amount": None}, {"member": "nobody"}, {"token": "04A2B3C4"}, {"occurred_at": "2026-03-02T00:00:00Z"},
        {"occurred_at": "yesterday"}, {"unknown": 1}, {"amount": "-5"}, {"codes": [5]}, {"store": 5},
        {"redeem": [{"reward": "nothing"}]}, {"pay": [{"wallet": "gold", "amount": "max"}]},
    ],
)  # fmt: skip
def test_a_sale_that_makes_no_sense_is_refused_and_changes_nothing(
    api: Api, ann: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = api("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "5", **changes})
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.get_json()
    assert problem["code"] in ("invalid", "unknown_member", "not_json")
    assert problem["detail"].endswith(".")
    assert balance(api, ann) == 0
    assert api("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "5"}).status_code == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"5", b'{"amount": NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(api: Api, body: bytes) -> None:
    answer = api("POST", "/purchases", body)
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_a_sale_is_found_by_the_number_on_its_receipt_with_what_is_left(api: Api, ann: dict[str, Any]) -> None:
    lines = [{"sku": "tea", "quantity": 3, "amount": "60"}, {"sku": "cup", "amount": "40"}]
    api.ok("POST", "/purchases", {"id": "till-1:s1", "member": ann["id"], "lines": lines})
    api.ok("POST", "/purchases/till-1:s1/returns", {"id": "r1", "lines": [{"sku": "tea", "quantity": 1}]})
    found = api.ok("GET", "/purchases/till-1:s1")
    assert (found["member"], found["total"], found["left"]) == (ann["id"], "100.00", "80.00")
    assert [(line["sku"], line["quantity"], line["left"]) for line in found["lines"]] == [
        ("tea", "3", "2"), ("cup", "1", "1"),
    ]  # fmt: skip
    api.ok("POST", "/purchases", {"id": "s2", "member": ann["id"], "amount": "5"})
    listed = api.ok("GET", f"/members/{ann['id']}/purchases?limit=5")["purchases"]
    assert {row["purchase"] for row in listed} == {"till-1:s1", "s2"}
    assert api("GET", "/purchases/none").status_code == 404


def test_a_quote_counts_held_points_as_there(api: Api, ann: dict[str, Any]) -> None:
    api.ok("POST", "/credits", {"id": "c1", "member": ann["id"], "points": 500, "reason": "gift"})
    api.ok("POST", "/holds", {"id": "h1", "member": ann["id"], "wallet": "points", "points": 500})
    sale = {"member": ann["id"], "amount": "80", "redeem": [{"reward": "$50 off"}]}
    assert api("POST", "/purchases:quote", sale).get_json()["code"] == "insufficient_points"
    assert api.ok("POST", "/purchases:quote", {**sale, "holds": ["h1"]})["total"] == "30.00"
    assert api.ok("GET", f"/members/{ann['id']}")["wallets"]["points"]["held"] == 500
