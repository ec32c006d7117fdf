"""Holds, transfers, top-ups, events, levels and undoing over HTTP; members brought along; the shop's own figures."""

from typing import Any

import pytest

from loyalty.db.session import read
from loyalty.ops.verify import verify
from tests.web.api.conftest import Api

PROGRAMME = b"""
name: Harbour Club
currency: HKD
wallets: {points: {transferable: true}, cash: {kind: money}}
earn:
  - {name: base, per_amount: {points: 1}}
  - {name: welcome, on: signup, fixed: 50}
  - {name: friend, on: referral, fixed: 20, to: other}
tiers: {metric: spend, lasts: for_ever, levels: [{name: Basic, from: 0}, {name: Gold, from: 1000}]}
rewards: [{name: tea, cost: 30, value: {voucher: {amount: 10}}}]
topups: [{name: big, wallet: cash, pay: 100, bonus: 20}]
segments: {spenders: {spend: {min: 50}}}
"""


@pytest.fixture
def shop(bare_api: Api) -> Api:
    assert bare_api("PUT", "/programme", PROGRAMME).status_code == 200
    for name in ("ann", "bob"):
        body = {"id": f"import {name}", "member": name, "name": name.title(), "wallets": {"points": 100}}
        bare_api.ok("POST", "/members:import", body)
    return bare_api


def wallet(api: Api, member: str, name: str = "points") -> tuple[Any, Any]:
    found = api.ok("GET", f"/members/{member}")["wallets"][name]
    return found["available"], found["held"]


def test_points_are_held_captured_and_released(shop: Api) -> None:
    shop.ok("POST", "/holds", {"id": "h1", "member": "ann", "points": 60})
    assert wallet(shop, "ann") == (40, 60)
    told = shop.ok("POST", "/holds/h1:capture", {"id": "c1", "points": 10, "release_rest": False})
    assert (told["spent"], told["member"], told["wallets"]["points"]["held"]) == ({"points": 10}, "ann", 50)
    shop.ok("POST", "/holds/h1:release", {"id": "r1", "points": 20})
    shop.ok("POST", "/holds:release", {"id": "r2", "member": "ann", "points": 30})
    assert wallet(shop, "ann") == (90, 0)
    assert shop.ok("POST", "/bookings/c1:reverse", {"id": "u1"})["given_back"] == {"points": 10}
    assert wallet(shop, "ann") == (100, 0)
    lost = shop("POST", "/holds/nothing:capture", {"id": "c9"})
    assert (lost.status_code, lost.get_json()["code"]) == (404, "not_found")


def test_points_are_passed_on_and_called_back(shop: Api) -> None:
    sent = shop.ok("POST", "/transfers", {"id": "t1", "from": "ann", "to": "bob", "points": 40})
    assert (sent["spent"], sent["member"], wallet(shop, "bob")[0]) == ({"points": 40}, "ann", 140)
    shop.ok("POST", "/bookings/t1:reverse", {"id": "u1"})
    assert (wallet(shop, "ann")[0], wallet(shop, "bob")[0]) == (100, 100)
    cash = shop("POST", "/transfers", {"id": "t2", "from": "ann", "to": "bob", "points": 1, "wallet": "cash"})
    assert (cash.status_code, cash.get_json()["code"]) == (422, "not_transferable")


def test_stored_value_is_bought_spent_and_paid_back(shop: Api) -> None:
    told = shop.ok("POST", "/topups", {"id": "p1", "member": "ann", "topup": "big"})
    assert (told["paid"], told["credited"]) == ({"cash": "100"}, {"cash": "120"})
    sale = {"id": "s1", "member": "ann", "amount": "50", "pay": [{"wallet": "cash", "amount": "max"}]}
    assert shop.ok("POST", "/purchases", sale)["due"] == "0.00"
    assert shop.ok("POST", "/topups:refund", {"id": "f1", "member": "ann", "wallet": "cash"})["refund"] == "58.33"
    assert wallet(shop, "ann", "cash") == ("0.00", "0.00")
    worded = {"id": "p2", "member": "bob", "wallet": "cash", "pay": "10", "bonus": {"amount": 5}}
    assert shop.ok("POST", "/topups", worded)["credited"] == {"cash": "15"}


def test_events_are_booked_and_a_signup_enrols(shop: Api) -> None:
    assert shop.ok("POST", "/events", {"id": "e1", "type": "referral", "member": "ann", "other": "bob"})["earned"]
    assert wallet(shop, "bob")[0] == 120
    told = shop.ok("POST", "/events", {"id": "e2", "type": "signup", "member": "zoe", "name": "Zoe Lam"})
    assert (told["earned"], told["explanation"][0]["rule"]) == ({"points": 50}, "welcome")
    assert shop.ok("GET", "/members/zoe")["name"] == "Zoe Lam"
    key = shop.new_key("book")
    stranger = shop("POST", "/events", {"id": "e3", "type": "signup", "member": "yan"}, key=key)
    assert (stranger.status_code, shop("GET", "/members/yan").status_code) == (403, 404)


def test_a_level_is_given_and_taken_by_hand(shop: Api) -> None:
    told = shop.ok("PUT", "/members/ann/tier", {"tier": "Gold", "until": "2026-12-31", "reason": "a friend"})
    assert (told["tier"]["name"], told["tier"]["until"]) == ("Gold", "2026-12-31")
    assert shop.ok("PUT", "/members/ann/tier", {"tier": None, "reason": "a mistake"})["tier"]["name"] == "Basic"
    assert shop("PUT", "/members/ann/tier", {"tier": "Gold"}).status_code == 422
    assert shop("PUT", "/members/ann/tier", {"reason": "nothing said"}).status_code == 422
    assert shop("PUT", "/members/nobody/tier", {"tier": "Gold", "reason": "x"}).status_code == 404


def test_a_redemption_is_undone_with_its_voucher(shop: Api) -> None:
    (voucher,) = shop.ok("POST", "/redemptions", {"id": "d1", "member": "ann", "reward": "tea"})["vouchers"]
    assert [each["id"] for each in shop.ok("GET", "/members/ann/standing")["vouchers"]] == [voucher["id"]]
    shop.ok("POST", "/redemptions/d1:reverse", {"id": "u1"})
    standing = shop.ok("GET", "/members/ann/standing")
    assert (standing["balance"], standing["vouchers"]) == (100, [])
    shop.ok("POST", "/credits", {"id": "c1", "member": "ann", "points": 1, "reason": "x"})
    assert shop("POST", "/redemptions/c1:reverse", {"id": "u2"}).status_code == 404  # no redemption


def test_a_member_is_brought_along_with_everything(shop: Api) -> None:
    body = {
        "name": "陳大文", "joined": "2020-05-01", "birthday": "1990-01-31", "tier": "Gold", "segments": "founders",
        "wallets": {"points": 70, "cash": "12.50"}, "cards": [{"kind": "barcode", "token": "12345"}],
        "vouchers": [{"id": "OLD-1", "percent": 10, "expires_on": "2026-12-31"}],
    }  # fmt: skip
    made = shop.ok("POST", "/members:import", body, Idempotency_Key="k1")
    assert shop.ok("POST", "/members:import", body, Idempotency_Key="k1") == made
    standing = shop.ok("GET", f"/members/{made['id']}/standing?expiring_by=2030-01-01")
    assert (standing["tier"], standing["balance"], standing["wallets"]["cash"]["available"]) == ("Gold", 70, "12.5")
    assert standing["wallets"]["points"]["expiring_by"] == {"2030-01-01": 0}
    assert [each["id"] for each in standing["vouchers"]] == ["OLD-1"]
    assert shop.ok("GET", "/segments/founders/members")["members"] == [made["id"]]
    assert made["joined_at"].startswith("2020-05-01")
    key = shop.new_key("members", "book")
    refused = shop("POST", "/members:import", {"id": "i9", "name": "X"}, key=key)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    twice = shop("POST", "/members:import", {"id": "i10", "name": "Ann", "member": "ann"})
    assert (twice.status_code, twice.get_json()["code"]) == (409, "conflict")


def test_segments_are_told_page_by_page_and_points_are_valued(shop: Api) -> None:
    for member in ("ann", "bob"):
        shop.ok("POST", "/purchases", {"id": f"s {member}", "member": member, "amount": "60"})
    assert shop.ok("GET", "/segments")["segments"] == ["spenders"]
    first = shop.ok("GET", "/segments/spenders/members?limit=1")
    rest = shop.ok("GET", f"/segments/spenders/members?limit=5&cursor={first['next']}")
    assert (first["members"], rest) == (["ann"], {"members": ["bob"], "next": None})
    shop.ok("POST", "/topups", {"id": "p1", "member": "ann", "topup": "big"})
    assert shop.ok("GET", "/reports/liability")["liability"] == {"points": "0.00", "cash": "120.00"}
    assert shop("GET", "/reports/nothing").status_code == 404


def test_keys_of_the_programme_are_replaced_and_every_version_stays(shop: Api) -> None:
    made = shop("PATCH", "/programme", b"name: Peak Club", Idempotency_Key="p1")
    again = shop("PATCH", "/programme", b"name: Peak Club", Idempotency_Key="p1")
    assert (made.get_json()["version"], again.get_json()) == (2, made.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert shop.ok("GET", "/programme")["name"] == "Peak Club"
    assert shop.ok("GET", "/programme?version=1")["name"] == "Harbour Club"
    assert [each["version"] for each in shop.ok("GET", "/programme/versions")["versions"]] == [2, 1]
    assert shop("PATCH", "/programme", b"colour: red").status_code == 422
    assert shop("PUT", "/programme?effective_at=2020-01-01T00:00:00Z", PROGRAMME).status_code == 422
    assert shop("GET", "/programme?version=9").status_code == 404


def test_a_test_key_works_everything_out_and_books_nothing(shop: Api) -> None:
    key = shop.new_key("all", test=True)
    for path, body in (
        ("/holds", {"id": "x1", "member": "ann", "points": 5}),
        ("/transfers", {"id": "x2", "from": "ann", "to": "bob", "points": 5}),
        ("/topups", {"id": "x3", "member": "ann", "topup": "big"}),
        ("/events", {"id": "x4", "type": "signup", "member": "zoe"}),
        ("/members:import", {"id": "x5", "name": "Zoe"}),
    ):
        answer = shop("POST", path, body, key=key)
        assert (answer.status_code, answer.headers["Loyalty-Test"]) == (201, "not booked")
    assert (wallet(shop, "ann"), wallet(shop, "bob")) == ((100, 0), (100, 0))
    assert len(shop.ok("GET", "/members")["members"]) == 2
    with read(shop.engine) as session:
        assert verify(session).ok
