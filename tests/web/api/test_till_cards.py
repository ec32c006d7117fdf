"""What the cashier's screen does with cards: a new member, a lost card, another in its place."""

from datetime import timedelta
from typing import Any

from loyalty.db.audit import audit_entries
from tests.web.api.conftest import Api

BOX = {"name": "Supplier 7", "kind": "barcode", "first": "LC0098", "count": 3}
NEWCOMER = {"id": "t1:n1", "name": "Ada Lam", "phone": "+85291234567", "staff": "mei",
            "cards": [{"kind": "barcode", "token": "LC0099"}]}  # fmt: skip


def test_a_newcomer_leaves_the_till_with_a_card_from_stock_once(api: Api, ann: dict[str, Any]) -> None:
    api.ok("POST", "/card-batches", BOX)
    api.clock.forward(timedelta(hours=1))
    member = api.ok("POST", "/counters/t1/members", NEWCOMER)
    assert api.ok("POST", "/counters/t1/members", NEWCOMER)["id"] == member["id"]
    assert api.ok("POST", "/members:lookup", {"token": "LC0099", "kind": "barcode"})["id"] == member["id"]
    life = api.ok("GET", f"/cards/{member['credentials'][0]['id']}")
    assert [(row["event"], row["staff"]) for row in life["events"]][1:] == [("active", "mei (t1)")]
    taken = NEWCOMER | {"id": "t1:n2", "phone": None}
    assert api("POST", "/counters/t1/members", taken).status_code == 409
    with api.engine.connect() as connection:
        told = connection.execute(audit_entries.select().where(audit_entries.c.action == "member.create")).all()
    assert [(row.actor, row.subject) for row in told if row.actor.startswith("counter")] == [
        ("counter:t1", f"member:{member['id']}")
    ]


def test_a_lost_card_is_refused_at_once_and_another_takes_its_place(api: Api, ann: dict[str, Any]) -> None:
    [card] = api.ok("GET", f"/counters/t1/cards?member={ann['id']}")["cards"]
    assert (card["status"], len(card["ends"])) == ("active", 4)
    api.ok("POST", "/counters/t1/cards:lose", {"card": card["id"], "staff": "mei"})
    uid = ann["credentials"][0]["token"]
    refused = api("POST", "/members:lookup", {"token": uid, "kind": "card_uid"})
    assert refused.json["code"] == "card_blocked"  # type: ignore[index]
    body = {"card": card["id"], "kind": "barcode", "token": "NEW0001", "reason": "lost"}
    new = api.ok("POST", "/counters/t1/cards:replace", body)
    assert api.ok("POST", "/members:lookup", {"token": "NEW0001", "kind": "barcode"})["id"] == ann["id"]
    assert [each["id"] for each in api.ok("GET", f"/counters/t1/cards?member={ann['id']}")["cards"]] == [new["id"]]
    assert api("POST", "/counters/t1/cards:replace", body | {"token": "NEW0002"}).status_code == 422


def test_only_a_counter_may(api: Api, ann: dict[str, Any]) -> None:
    reader = api.new_key("read")
    assert api("POST", "/counters/t1/members", NEWCOMER, key=reader).status_code == 403
    assert api("GET", f"/counters/t1/cards?member={ann['id']}", key=reader).status_code == 403
