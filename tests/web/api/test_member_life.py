"""Merged, parted, taken away and erased over HTTP."""

from typing import Any

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.ops.verify import verify
from tests.web.api.conftest import Api


def twin(api: Api) -> dict[str, Any]:
    made: dict[str, Any] = api.ok("POST", "/members", {"name": "Chan T M", "email": "twin@example.com"})
    body = {"id": "c1", "member": made["id"], "wallet": "points", "points": 250, "reason": "gift"}
    api.ok("POST", "/credits", body)
    return made


def available(api: Api, id: str) -> int:
    found: int = api.ok("GET", f"/members/{id}")["wallets"]["points"]["available"]
    return found


def test_two_records_are_merged_after_a_look_and_parted_again(api: Api, ann: dict[str, Any]) -> None:
    other = twin(api)
    body = {"keep": ann["id"], "merge": other["id"], "reason": "came twice"}
    seen = api.ok("POST", "/members:merge", body | {"preview": True})
    assert (seen["merge"], seen["points"], seen["taken"]) == (None, {"points": 250}, ["email"])
    assert available(api, ann["id"]) == 0
    done = api.ok("POST", "/members:merge", body)
    assert available(api, ann["id"]) == 250 and available(api, other["id"]) == 0
    again = api("POST", "/members:merge", body)
    assert (again.status_code, again.json["code"]) == (409, "conflict")  # type: ignore[index]
    assert api.ok("POST", "/members:unmerge", {"merge": done["merge"]})["merged"] == other["id"]
    assert available(api, ann["id"]) == 0 and available(api, other["id"]) == 250
    with read(api.engine) as session:
        assert verify(session).ok
        told = [(entry.action, entry.subject) for entry in entries(session, action="member.merge")]
    assert told == [("member.merge", f"member:{ann['id']}")]  # the look is no change


def test_a_person_takes_their_data_and_is_erased(api: Api, ann: dict[str, Any]) -> None:
    assert api.ok("GET", f"/members/{ann['id']}/personal-data")["member"]["name"] == ann["name"]
    assert api("DELETE", f"/members/{ann['id']}", If_Match='"99"').status_code == 412
    assert api.ok("DELETE", f"/members/{ann['id']}?reason=asked")["status"] == "erased"
    assert api.ok("GET", f"/members/{ann['id']}")["phone"] is None
    assert api("POST", "/members:lookup", {"phone": "61234567"}).status_code == 404
    with read(api.engine) as session:
        assert verify(session).ok
        assert entries(session, action="member.erase")[0].why == "asked"


def test_a_sale_of_the_old_record_comes_back_at_the_one_that_goes_on(api: Api, ann: dict[str, Any]) -> None:
    other = twin(api)
    api.ok("POST", "/purchases", {"id": "s1", "member": other["id"], "amount": "100"})
    api.ok("POST", "/members:merge", {"keep": ann["id"], "merge": other["id"]})
    before = available(api, ann["id"])
    late = api.ok("POST", "/purchases", {"id": "s2", "member": other["id"], "amount": "10"})
    assert late["member"] == ann["id"] and available(api, ann["id"]) > before
    back = [api.ok("POST", f"/purchases/{sale}/returns", {"id": f"r-{sale}", "all": True}) for sale in ("s1", "s2")]
    assert [one["member"] for one in back] == [ann["id"]] * 2
    assert (available(api, ann["id"]), available(api, other["id"])) == (250, 0)  # the gift
    with read(api.engine) as session:
        assert verify(session).ok
