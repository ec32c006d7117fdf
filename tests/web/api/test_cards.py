"""Stock, a card's life and what counters tell of cards, over the API."""

from datetime import timedelta
from typing import Any

from loyalty.contract.card_report import hot_name
from tests.web.api.conftest import Api

UID = "04A2B3C4"
BOX = {"name": "Supplier 7", "kind": "barcode", "first": "LC0098", "count": 3, "rewrite_limit": 300}


def told(api: Api, *reports: dict[str, Any]) -> list[dict[str, Any]]:
    sent = [{"occurred_at": "2026-03-01T08:00:00Z", "token": {"kind": "card_uid", "value": UID}} | r for r in reports]
    answer = api.ok("POST", "/counters/t1/card-reports", {"reports": sent})
    verdicts: list[dict[str, Any]] = answer["verdicts"]
    return verdicts


def test_a_card_of_a_batch_is_activated_at_the_till(api: Api, ann: dict[str, Any]) -> None:
    assert api.ok("POST", "/card-batches", BOX)["cards"] == 3
    unknown = api("POST", "/members:lookup", {"token": "LC0099", "kind": "barcode"})
    assert "activate it" in unknown.json["detail"]  # type: ignore[index]
    api.clock.forward(timedelta(hours=1))
    body = {"member": ann["id"], "kind": "barcode", "token": "LC0099", "staff": "mei"}
    card = api.ok("POST", "/counters/t1/cards", body)
    life = api.ok("GET", f"/cards/{card['id']}")
    assert [(row["event"], row["staff"]) for row in life["events"]][1:] == [("active", "mei (t1)")]
    assert life["content"]["rewrite_limit"] == 300
    assert api.ok("POST", "/members:lookup", {"token": "LC0099", "kind": "barcode"})["id"] == ann["id"]


def test_a_batch_is_named_in_one_way_and_withdrawn_as_a_whole(api: Api, ann: dict[str, Any]) -> None:
    assert api("POST", "/card-batches", BOX | {"tokens": ["A1"]}).status_code == 422
    batch = api.ok("POST", "/card-batches", BOX)["id"]
    assert api.ok("POST", f"/card-batches/{batch}:withdraw")["withdrawn"] == 3
    assert api("POST", "/card-batches/bat_none:withdraw").status_code == 404


def test_what_counters_tell_stands_with_the_card_and_a_copy_is_told_at_once(api: Api, ann: dict[str, Any]) -> None:
    assert told(api, {"id": "r1", "kind": "written", "sequence": 5})[0]["verdict"] == "ok"
    answer = told(api, {"id": "r2", "kind": "read", "sequence": 4, "occurred_at": "2026-03-01T08:30:00Z"})[0]
    assert answer["verdict"] == "copied" and "may be a copy" in answer["sentence"]
    card = api.ok("GET", f"/members/{ann['id']}")["credentials"][0]["id"]
    assert api.ok("GET", f"/cards/{card}")["content"]["verdict"] == "copied"
    hot = api.ok("GET", "/counters/t1/hot-list")
    assert hot["cards"] == {hot_name("card_uid", UID): "copied"}
    assert api.ok("GET", f"/counters/t1/hot-list?known={hot['version']}")["cards"] is None


def test_a_report_that_makes_no_sense_changes_nothing(api: Api, ann: dict[str, Any]) -> None:
    body = {"reports": [{"id": "r1", "kind": "melted", "occurred_at": "2026-03-01T08:00:00Z", "member": ann["id"]}]}
    assert api("POST", "/counters/t1/card-reports", body).status_code == 422
    body["reports"][0]["kind"] = 7
    assert api("POST", "/counters/t1/card-reports", body).status_code == 422


def test_a_job_is_worked_off_by_its_counter_and_watched_from_outside(api: Api, ann: dict[str, Any]) -> None:
    body = {"name": "Staff", "members": [ann["id"]], "kind": "barcode", "counter": "t1", "steps": ["face", "chip"]}
    job = api.ok("POST", "/issue-jobs", body)["id"]
    assert api.ok("POST", "/counters/t2/issue-cards:next")["card"] is None
    hand = api.ok("POST", "/counters/t1/issue-cards:next")["card"]
    assert hand["steps"] == ["face", "chip"]
    told_step = {"job": job, "place": 0, "token": "LC500"}
    assert api.ok("POST", "/counters/t1/issue-cards:step", told_step | {"step": "face"})["status"] == "working"
    assert api.ok("POST", f"/issue-jobs/{job}:pause")["status"] == "paused"
    assert api.ok("POST", f"/issue-jobs/{job}:resume")["status"] == "running"
    spoilt = {"job": job, "place": 0, "sentence": "bent"}
    assert api.ok("POST", "/counters/t1/issue-cards:failed", spoilt)["status"] == "failed"
    assert api.ok("GET", f"/issue-jobs/{job}")["troubles"] == [{"place": 0, "sentence": "bent"}]
    assert api.ok("POST", f"/issue-jobs/{job}:retry")["status"] == "running"
    api.ok("POST", "/counters/t1/issue-cards:next")
    for step in ("face", "chip"):
        api.ok("POST", "/counters/t1/issue-cards:step", told_step | {"step": step})
    assert api.ok("GET", f"/issue-jobs/{job}")["done"] == 1
    assert api("POST", f"/issue-jobs/{job}:cancel").status_code == 409
