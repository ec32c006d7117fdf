"""Hints for the cashier: what goes with what the member buys, what somebody wrote, and nothing after a no."""

from datetime import timedelta
from typing import Any

from loyalty.campaigns.challenges import award_challenges, make_challenge
from loyalty.db.session import write
from loyalty.insight.pairs_kept import refresh_pairs
from loyalty.members.tables import Member
from loyalty.messages.post import send
from tests.messages.post_office import a_template, says
from tests.web.api.conftest import Api


def bought(api: Api, member: dict[str, Any], id: str, *categories: str) -> None:
    lines = [{"amount": "10", "category": each} for each in categories]
    api.ok("POST", "/purchases", {"id": id, "member": member["id"], "lines": lines})


def a_message(api: Api, member: dict[str, Any], name: str) -> None:
    api.clock.forward(timedelta(seconds=1))
    with write(api.engine) as session:
        words = a_template(session, name, channel="hint", texts={"en": {"body": f"Ask about {name}"}})
        send(session, session.get_one(Member, member["id"]), "c", words, {}, api.clock(), by="ada")


def test_two_hints_at_most_until_they_are_said_and_none_after_a_no(api: Api, ann: dict[str, Any]) -> None:
    def hints() -> list[dict[str, str]]:
        found: list[dict[str, str]] = api.ok("GET", f"/counters/t1/hints?member={ann['id']}")["hints"]
        return found

    other = api.ok("POST", "/members", {"name": "Ben"})
    for n in range(5):
        bought(api, other, f"both-{n}", "tea", "biscuits")
        bought(api, other, f"else-{n}", "soap")
    bought(api, ann, "s1", "tea")
    assert hints() == []  # nothing was counted yet, and nothing is counted now
    assert refresh_pairs(api.engine, api.clock()) == 2 == refresh_pairs(api.engine, api.clock())
    pair = {"id": "", "kind": "goes_with", "text": "biscuits", "of": "tea"}
    assert hints() == [pair]
    for name in ("green tea", "mooncakes", "a third"):
        a_message(api, ann, name)
    first, second = hints()
    assert (first["kind"], first["text"], second["text"]) == ("message", "Ask about green tea", "Ask about mooncakes")
    said = {"member": ann["id"], "ids": [first["id"], second["id"]]}
    assert api.ok("POST", "/counters/t1/hints:said", {**said, "member": other["id"]})["said"] == 0
    assert [api.ok("POST", "/counters/t1/hints:said", said)["said"] for _ in range(2)] == [2, 0]
    assert [each["text"] for each in hints()] == ["Ask about a third", "biscuits"]
    with write(api.engine) as session:
        says(session, session.get_one(Member, ann["id"]), "profiling", False, api.clock())
    assert hints() == []
    assert api("GET", "/counters/t1/hints?member=mem_none").status_code == 404


def test_the_kiosk_hears_of_badges_first_and_then_of_what_is_nearest(api: Api, ann: dict[str, Any]) -> None:
    with write(api.engine) as session:
        for name, value, badge in (("Five visits", 5, "award"), ("A visit", 1, "crown"), ("Two visits", 2, "gift")):
            rule = {"fact": "purchases", "is": "at_least", "value": str(value), "days": 90}
            plan = {"kind": "reach", "rules": {"rules": [rule]}, "badge": badge}
            make_challenge(session, name, plan, "ada", api.clock())
    bought(api, ann, "s1", "tea")
    award_challenges(api.engine, api.clock())
    found = api.ok("GET", f"/counters/t1/challenges?member={ann['id']}")["challenges"]
    shown = [(each["name"], each["badge"], each["reached"], each["target"], each["won"]) for each in found]
    assert shown == [
        ("A visit", "crown", "1", "1", True), ("Two visits", "gift", "1", "2", False),
        ("Five visits", "award", "1", "5", False),
    ]  # fmt: skip
