"""Members and cards over HTTP."""

from typing import Any

import pytest

from loyalty.contract.outcomes import MemberView
from loyalty.contract.wire import from_json
from tests.web.api.conftest import Api


def test_a_new_member_is_found_by_everything_that_names_them(api: Api, ann: dict[str, Any]) -> None:
    for body in (
        {"token": "04:a2:b3:c4"},
        {"token": "04a2b3c4", "kind": "card_uid"},
        {"number": ann["number"]},
        {"token": ann["number"]},
        {"phone": "+852 6123 4567"},
    ):
        assert api.ok("POST", "/members:lookup", body)["id"] == ann["id"], body
    for text in ("陳", "大文", "文", ann["number"][:5], "6123", "4567"):
        assert [row["id"] for row in api.ok("GET", f"/members?search={text}")["members"]] == [ann["id"]], text
    assert api.ok("GET", "/members?search=nobody")["members"] == []


def test_a_counter_can_read_a_member_as_a_view(api: Api, ann: dict[str, Any]) -> None:
    from dataclasses import fields

    known = {field.name for field in fields(MemberView)}
    view = from_json(MemberView, {key: value for key, value in ann.items() if key in known})
    assert (view.masked_name, view.cards, view.wallets["points"].available) == ("陳＊文", ("card_uid:04A2B3C4",), 0)


def test_what_is_taken_is_a_conflict_and_nothing_is_made(api: Api, ann: dict[str, Any]) -> None:
    for body, pointer in (
        ({"name": "B", "phone": "61234567"}, "/phone"),
        ({"name": "B", "number": ann["number"]}, "/number"),
        ({"name": "B", "cards": [{"kind": "card_uid", "token": "04A2B3C4"}]}, "/token"),
    ):
        answer = api("POST", "/members", body)
        assert (answer.status_code, answer.json["code"]) == (409, "conflict")  # type: ignore[index]
        assert answer.json["errors"][0]["pointer"] == pointer  # type: ignore[index]
    assert len(api.ok("GET", "/members")["members"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": 5}, "/name"),
        ({"name": "A", "nmae": "B"}, "/nmae"),
        ({"name": "A", "phone": "12"}, "/phone"),
        ({"name": "A", "email": "nobody"}, "/email"),
        ({"name": "A", "birthday": "2026-13-01"}, "/birthday"),
        ({"name": "A", "birthday": "2090-01-01"}, "/birthday"),
        ({"name": "A", "cards": [{"kind": "card_uid", "token": "XYZ"}]}, "/token"),
        ({"name": "A", "cards": [{"kind": "spoon", "token": "1"}]}, "/cards/0/kind"),
        ({"name": "A", "joined_at": "2027-01-01T00:00:00Z"}, "/joined_at"),
        ({"name": "A", "joined_at": "2026-01-01T00:00:00"}, "/joined_at"),
        ({"name": "A", "number": "12 34;"}, "/number"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api("POST", "/members", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("invalid", pointer)
    assert api.ok("GET", "/members")["members"] == []


def test_a_change_needs_the_version_that_was_seen(api: Api, ann: dict[str, Any]) -> None:
    seen = api("GET", f"/members/{ann['id']}").headers["ETag"]
    changed = api("PATCH", f"/members/{ann['id']}", {"name": "陳小文"}, If_Match=seen)
    assert changed.get_json()["name"] == "陳小文"
    late = api("PATCH", f"/members/{ann['id']}", {"name": "X"}, If_Match=seen)
    assert (late.status_code, late.get_json()["code"]) == (412, "precondition_failed")
    assert [row["name"] for row in api.ok("GET", "/members?search=小文")["members"]] == ["陳小文"]
    assert api.ok("PATCH", f"/members/{ann['id']}", {"phone": None})["phone"] is None


def test_pages_of_a_search_neither_miss_nor_repeat(api: Api) -> None:
    for number in range(25):
        api.ok("POST", "/members", {"name": f"Ann Annable {number}"})
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.ok("GET", f"/members?search=ann&limit=7{cursor}")
        seen += [row["id"] for row in page["members"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 25


def test_the_life_of_a_card(api: Api, ann: dict[str, Any]) -> None:
    card = ann["credentials"][0]["id"]
    assert api.ok("POST", f"/cards/{card}:block", {"reason": "chewed by a dog"})["status"] == "blocked"
    refused = api("POST", "/members:lookup", {"token": "04A2B3C4"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "card_blocked")
    assert "blocked" in refused.get_json()["detail"]
    assert api.ok("POST", f"/cards/{card}:activate")["status"] == "active"
    new = api.ok("POST", f"/cards/{card}:replace", {"kind": "barcode", "token": "2900001"})
    assert new["status"] == "active"
    old = api("POST", "/members:lookup", {"token": "04A2B3C4"})
    assert "replaced" in old.get_json()["detail"]
    assert api.ok("POST", "/members:lookup", {"token": "2900001"})["id"] == ann["id"]
    assert api("POST", f"/cards/{card}:activate").status_code == 422
    assert api.ok("POST", f"/cards/{new['id']}:retire")["status"] == "retired"
    other = api.ok("POST", "/members", {"name": "B"})
    again = {"member": other["id"], "kind": "barcode", "token": "2900001"}
    assert api.ok("POST", "/cards", again)["member"] == other["id"]


def test_a_typing_slip_in_a_number_is_told_apart_from_an_unknown_one(api: Api, ann: dict[str, Any]) -> None:
    wrong = ann["number"][:-1] + str((int(ann["number"][-1]) + 1) % 10)
    answer = api("POST", "/members:lookup", {"number": wrong})
    assert answer.status_code == 404
    assert "check digit" in answer.get_json()["detail"]


def test_without_a_programme_members_have_to_wait(bare_api: Api) -> None:
    answer = bare_api("POST", "/members", {"name": "A"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "not_ready")


BANK = (";4111111111111111=30121010000012345678?", "%B4111111111111111^DOE/JOHN^3012101?")


@pytest.mark.parametrize("stripe", BANK)
def test_a_bank_cards_stripe_is_refused_and_not_repeated(api: Api, ann: dict[str, Any], stripe: str) -> None:
    for method, path, body in (
        ("POST", "/members:lookup", {"token": stripe}),
        ("POST", "/members:lookup", {"token": stripe.strip("%;?"), "kind": "magstripe"}),
        ("POST", "/cards", {"member": ann["id"], "kind": "magstripe", "token": stripe}),
        ("POST", "/members", {"name": "B", "cards": [{"kind": "magstripe", "token": stripe}]}),
        ("POST", "/purchases", {"id": "s-1", "token": stripe, "amount": "10"}),
    ):
        answer = api(method, path, body)
        assert answer.status_code == 422 and answer.get_json()["code"] == "bank_card", (path, answer.get_data(True))
        assert "1111" not in answer.get_data(as_text=True)
    assert api.ok("POST", "/members:lookup", {"number": ann["number"]})["id"] == ann["id"]


def test_who_brought_a_newcomer_is_told_and_asked(api: Api, ann: dict[str, Any]) -> None:
    answer = api("POST", "/members", {"name": "B", "referred_by": "nobody"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/referred_by")  # type: ignore[index]
    assert len(api.ok("GET", "/members")["members"]) == 1
    ben = api.ok("POST", "/members", {"name": "B", "referred_by": ann["number"]})["id"]
    api.ok("POST", "/purchases", {"id": "first", "member": ben, "amount": "20"})
    came = api.ok("GET", f"/members/{ben}/referrals")["referral"]
    assert (came["brought_by"], came["how"], came["status"]) == (ann["id"], "api", "thanked")
    assert api.ok("GET", f"/members/{ann['id']}/referrals") == {"referral": None, "brought": [came]}
