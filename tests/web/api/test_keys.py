"""Who may call what: keys, scopes, test keys; every refusal is a problem document."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from loyalty.web.api.calls import CALLS
from loyalty.web.api.keys import LENT_TO_COUNTERS
from loyalty.web.api.limits import install_limit
from loyalty.web.api.openapi import document
from tests.web.api.conftest import Api, opened_api

ROOT = Path(__file__).parents[3]


def test_without_a_key_nothing_is_answered(api: Api) -> None:
    for one in CALLS:
        path = one.path.replace("<id>", "x")
        for header in ("Bearer lk_live_wrong", "Basic abc", ""):
            answer = api(one.method, path, {}, Authorization=header)
            assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized"), one.path


def test_a_key_may_do_what_its_scopes_say(api: Api, ann: dict[str, Any]) -> None:
    reader, counter = api.new_key("read"), api.new_key("counter")
    assert api("GET", f"/members/{ann['id']}", key=reader).status_code == 200
    for method, path in (("POST", "/purchases"), ("POST", "/members"), ("PUT", "/programme"), ("POST", "/cards")):
        refused = api(method, path, {}, key=reader)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden"), path
    assert api("GET", f"/members/{ann['id']}/purchases", key=counter).status_code == 200


def test_a_counters_key_opens_what_a_counter_asks_and_nothing_else(api: Api) -> None:
    """Also not what was added to the API since without a thought of it."""
    key, opened = api.new_key("counter"), set()
    for one in CALLS:
        path = re.sub(r"<\w+>", "x", one.path)
        if api(one.method, path, {} if one.method != "GET" else None, key=key).status_code != 403:
            opened.add((one.method, one.path))
    own = {(one.method, one.path) for one in CALLS if one.scope == "counter"}
    assert opened == own | LENT_TO_COUNTERS
    assert {path for _, path in own if not path.startswith("/counters/<id>/")} == {
        "/members/<id>/pin", "/members/<id>/pin:try",
    }  # fmt: skip


def test_calls_of_the_console_are_closed_to_every_key(api: Api) -> None:
    assert api("POST", "/api-keys", {"scopes": ["all"]}).status_code == 403
    assert api("POST", "/day-jobs", {}).status_code == 403


def test_a_test_key_is_evaluated_and_never_booked(api: Api, ann: dict[str, Any]) -> None:
    key = api.new_key("all", test=True)
    assert key.startswith("lk_test_")
    answer = api("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "50"}, key=key)
    assert (answer.status_code, answer.get_json()["earned"]) == (201, {"points": 50})
    assert answer.headers["Loyalty-Test"] == "not booked"
    assert api.ok("GET", f"/members/{ann['id']}")["wallets"]["points"]["available"] == 0
    assert api("POST", "/counters/t/commands", {"commands": []}, key=key).status_code == 403
    assert api("POST", "/purchases", {"id": "s1", "member": ann["id"], "amount": "70"}).status_code == 201


def test_problems_have_all_their_parts_and_no_trace(api: Api) -> None:
    answer = api("GET", "/members/nobody")
    problem = answer.get_json()
    assert set(problem) == {"type", "title", "status", "code", "detail", "instance", "request_id", "errors"}
    assert (answer.status_code, problem["status"], problem["code"]) == (404, 404, "unknown_member")
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    for path in ("/nothing", "/members/x/y/z"):
        lost = api("GET", path)
        assert (lost.status_code, lost.content_type) == (404, "application/problem+json")


def test_a_failure_inside_is_a_problem_without_a_trace(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.app.config["PROPAGATE_EXCEPTIONS"] = False
    api.engine.dispose()
    Path(str(api.engine.url.database)).unlink()  # the disk is gone
    answer = api("GET", "/tiers")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    assert "Traceback" not in answer.text


def test_the_health_calls_need_no_key(api: Api) -> None:
    client = api.app.test_client()
    assert client.get("/healthz").get_json() == {"ok": True}
    assert client.get("/readyz").status_code == 200


def test_the_description_is_the_one_checked_in(api: Api) -> None:
    described = api.app.test_client().get("/api/v1/openapi.json").get_json()
    checked_in = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert described == json.loads(json.dumps(document()))
    assert described == checked_in, "the API changed: python -m loyalty.web.api > docs/openapi.json, and tell its users"


def test_a_key_that_runs_wild_is_asked_to_wait_and_a_counter_never_is(shared: Path, tmp_path: Path) -> None:
    with opened_api(shared, tmp_path) as api:
        install_limit(api.app, 3)
        one, other, counter = api.new_key("read"), api.new_key("read"), api.new_key("counter")
        answers = [api("GET", path, key=one) for path in ("/members", "/members/x", "/members", "/members")]
        assert [answer.status_code for answer in answers] == [200, 404, 200, 429]
        refused = answers[-1]
        assert refused.json is not None and "asked 3 times within a minute" in refused.json["detail"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert api("GET", "/members", key=other).status_code == 200  # the others have their own minute
        assert {api("GET", "/members", key=counter).status_code for _ in range(5)} == {200}
