"""A counter's outbox: answered one by one, in order, once; what is missing is told; offline members page by page."""

from typing import Any

from loyalty.checkout.staff_work import open_work
from loyalty.contract.outcomes import MemberView, PurchaseOutcome, Refusal
from loyalty.contract.wire import from_json
from loyalty.db.session import read, write
from loyalty.web.api.enrolments import enrol, make_code
from tests.web.api.conftest import Api

AT = "2026-03-01T08:00:00Z"


def sale(seq: int, **changes: Any) -> dict[str, Any]:
    body = {"type": "record_purchase", "id": f"t1-{seq}", "counter": "t1", "seq": seq, "occurred_at": AT}
    return {**body, "token": {"kind": "card_uid", "value": "04A2B3C4"}, "amount": "10.00", **changes}


def send(api: Api, *commands: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = api.ok("POST", "/counters/t1/commands", {"commands": list(commands)})
    return answer


def balance(api: Api, member: dict[str, Any]) -> Any:
    return api.ok("GET", f"/members/{member['id']}")["wallets"]["points"]["available"]


def test_an_outbox_sent_twice_is_booked_once(api: Api, ann: dict[str, Any]) -> None:
    first = send(api, sale(1), sale(2))
    assert [from_json(PurchaseOutcome, one).status for one in first["outcomes"]] == ["booked", "booked"]
    assert send(api, sale(1), sale(2), sale(3))["outcomes"][:2] == first["outcomes"]
    assert balance(api, ann) == 30


def test_one_refused_command_does_not_stop_the_others(api: Api, ann: dict[str, Any]) -> None:
    answer = send(api, sale(1), sale(2, amount="-5"), sale(3, type="dance"), sale(4, counter="t9"), sale(5), {})
    found = [one["status"] for one in answer["outcomes"]]
    assert found == ["booked", "refused", "refused", "refused", "booked", "refused"]
    refusal = from_json(Refusal, answer["outcomes"][1])
    assert (refusal.id, refusal.code) == ("t1-2", "invalid")
    assert balance(api, ann) == 20
    assert send(api, sale(2, amount="-5"))["outcomes"] == [answer["outcomes"][1]]
    with read(api.engine) as session:
        assert sorted(row.command for row in open_work(session, "refused_sale")) == ["t1-2", "t1-3", "t1-4"]


def test_a_gap_in_the_numbers_is_told_and_noted(api: Api, ann: dict[str, Any]) -> None:
    assert send(api, sale(1))["missing"] == []
    assert send(api, sale(5))["missing"] == [[2, 4]]
    assert send(api, sale(2), sale(3), sale(4), sale(6))["missing"] == []
    assert balance(api, ann) == 60
    with read(api.engine) as session:
        assert "number 5 after 1" in open_work(session, "sequence_gap")[0].sentence


def test_a_command_that_contradicts_another_has_arrived_all_the_same(api: Api, ann: dict[str, Any]) -> None:
    send(api, sale(1), sale(2))
    assert send(api, sale(3, id="t1-1"))["outcomes"][0]["code"] == "conflict"
    moved = sale(4, type="move_purchase", id="t1-2:move", purchase="t1-2")
    to_ann = sale(4, id="t1-2:move", token=None, member=ann["id"])
    moved = {key: moved[key] for key in ("type", "id", "counter", "seq", "occurred_at", "purchase")}
    refused = send(api, {**moved, "sale": to_ann, "reason": "her card"})["outcomes"]
    assert refused[0]["code"] == "conflict"  # it is hers already
    assert send(api, sale(5))["missing"] == []
    with read(api.engine) as session:
        assert open_work(session, "sequence_gap") == []
        assert [row.command for row in open_work(session, "refused_sale")] == ["t1-2:move"]


def test_a_shop_that_is_not_ready_loses_no_sale(bare_api: Api) -> None:
    answer = bare_api("POST", "/counters/t1/commands", {"commands": [sale(1, token=None, member="m")]})
    assert answer.status_code == 503


def test_offline_members_come_in_pages_and_then_only_what_changed(api: Api, ann: dict[str, Any]) -> None:
    for number in range(7):
        api.ok("POST", "/members", {"name": f"Bob {number}"})
    seen: list[str] = []
    path = "/counters/t1/snapshot?limit=3"
    page = api.ok("GET", path)
    while page["more"]:
        seen += [from_json(MemberView, view).id for view in page["members"]]
        page = api.ok("GET", f"{path}&cursor={page['next']}")
    assert ann["id"] in seen
    assert len(set(seen)) == 8
    send(api, sale(1))
    changed = api.ok("GET", f"{path}&cursor={page['next']}")
    assert ann["id"] in [view["id"] for view in changed["members"]]
    mine = next(view for view in changed["members"] if view["id"] == ann["id"])
    assert mine["wallets"]["points"]["available"] == 10


def test_the_key_of_a_counter_speaks_for_no_other_one(api: Api, ann: dict[str, Any]) -> None:
    with write(api.engine) as session:
        code = make_code(session, "t1", "sue", api.clock()).code
    with write(api.engine) as session:
        key = enrol(session, code, api.clock()).key
    body = {"name": "Staff", "members": [ann["id"]], "kind": "barcode", "counter": "t2", "steps": ["face"]}
    job = api.ok("POST", "/issue-jobs", body)["id"]
    for method, path, asked in (
        ("POST", "/counters/t2/issue-cards:next", {}),
        ("POST", "/counters/t2/issue-cards:steer", {"job": job, "verb": "pause"}),
        ("POST", "/counters/t2/card-reports", {"reports": []}),
        ("POST", "/counters/t2/commands", {"commands": []}),
        ("GET", f"/counters/t2/cards?member={ann['id']}", None),
    ):
        assert api(method, path, asked, key=key).status_code == 403, path
    step = {"job": job, "place": 0, "step": "face", "token": "LC500"}
    api.ok("POST", "/counters/t2/issue-cards:next")
    assert api("POST", "/counters/t1/issue-cards:step", step, key=key).status_code == 404  # another counter's job
    spoilt = {"job": job, "place": 0, "sentence": "bent"}
    assert api("POST", "/counters/t1/issue-cards:failed", spoilt, key=key).status_code == 404
    assert api.ok("GET", f"/issue-jobs/{job}")["troubles"] == []
