"""What integrators find around the sale: files brought in, reports and campaigns, figures for a monitor."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from loyalty.members.conventions import Conventions
from loyalty.ops.jobs_files import WORKS
from loyalty.ops.jobs_worker import Worker
from loyalty.web.api.openapi import document
from loyalty.web.services import services
from tests.web.api.conftest import Api

FILE = "姓名,電話,備忘\n陳大文,61234567,x\n李小明,not a phone,y\n".encode()


def _worked(api: Api, id: str) -> Any:
    """The job at its end."""
    config = services(api.app).config
    conventions = Conventions(config.number_check, config.phone_region)
    Worker(api.engine, api.clock, WORKS, config.data_dir, conventions).work_off()
    return api.ok("GET", f"/jobs/{id}")


def test_a_file_is_looked_at_then_brought_in_then_taken_back(api: Api):
    sent = api.ok("POST", "/imports?kind=members&file_name=club.csv", FILE)
    assert sent["columns"] == {"姓名": "name", "電話": "phone"}
    early = api("POST", f"/imports/{sent['id']}:execute")
    assert (early.status_code, "Look at the file first" in early.json["detail"]) == (409, True)
    api.ok("POST", f"/imports/{sent['id']}:dry-run", {"columns": {"姓名": "name", "電話": "phone", "備忘": "notes"}})
    look = _worked(api, sent["id"])
    assert (look["state"], look["result"]["new"], len(look["result"]["problems"])) == ("done", 1, 1)
    assert api.ok("GET", "/members")["members"] == []
    booked = _worked(api, api.ok("POST", f"/imports/{sent['id']}:execute")["id"])
    assert [each["name"] for each in api.ok("GET", "/members")["members"]] == ["陳大文"]
    back = _worked(api, api.ok("POST", f"/imports/{booked['result']['import']}:revert")["id"])
    assert (back["state"], back["result"]["rows"], back["result"]["problems"]) == ("done", 1, [])
    assert [each["status"] for each in api.ok("GET", "/members")["members"]] == ["closed"]


def test_a_file_that_is_none_leaves_nothing_and_jobs_are_their_keys_own(api: Api):
    assert api("POST", "/imports?kind=members", b"PK\x03\x04rubbish").status_code == 422
    assert api("POST", "/imports?kind=people", FILE).status_code == 422
    assert api("POST", "/imports?kind=members", FILE, key=api.new_key("members")).status_code == 403
    assert api("POST", "/imports?kind=members", FILE, key=api.new_key("import", test=True)).status_code == 403
    sent = api.ok("POST", "/imports?kind=members", FILE)
    assert api("GET", f"/jobs/{sent['id']}", key=api.new_key("import")).status_code == 404
    wrong = api("POST", f"/imports/{sent['id']}:dry-run", {"columns": {"姓名": "nome"}})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/columns")
    assert not [
        folder for folder in (services(api.app).config.data_dir / "jobs").iterdir() if folder.name != sent["id"]
    ]


def test_reports_by_name_campaigns_and_how_they_are_described(api: Api, ann: dict[str, Any]):
    api.ok("POST", "/purchases", {"id": "till-1", "member": ann["id"], "amount": "88.00"})
    day = (api.clock() + timedelta(hours=8)).date().isoformat()
    sales = api.ok("GET", f"/reports/sales?first={day}&last={day}")
    assert (sales["report"], sales["first"], sales["last"]) == ("sales", day, day)
    assert set(sales["rows"][0]) == {column["key"] for column in sales["columns"]}
    assert "88.00" in {str(cell) for cell in sales["rows"][0].values()}
    assert api.ok("GET", "/reports/liability")["report"] == "liability"
    assert api("GET", "/reports/none").status_code == 404
    assert api("GET", "/reports/sales?first=2026-03-02&last=2026-03-01").status_code == 422
    assert api.ok("GET", "/campaigns") == {"campaigns": []}
    refused = api("GET", f"/members/{ann['id']}/ledger?cursor=garbage")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/cursor")
    paths = document()["paths"]
    assert "text/event-stream" in paths["/stream"]["get"]["responses"]["200"]["content"]
    assert paths["/counters:enrol"]["post"]["security"] == []
    query = {
        each["name"]: each["required"] for each in paths["/imports"]["post"]["parameters"] if each["in"] == "query"
    }
    assert query == {"kind": True, "file_name": False, "encoding": False}


def test_a_monitor_reads_figures_but_no_stranger_does(api: Api, ann: dict[str, Any]):
    client = api.app.test_client()
    client.get("/api/v1/members/" + ann["id"])
    text = client.get("/metrics").text
    assert re.search(r'^loyalty_requests_total\{method="GET",rule="/api/v1/members/<id>",status="401"\} 1$', text, re.M)
    assert "loyalty_database_up 1" in text
    assert ann["id"] not in text
    elsewhere = {"REMOTE_ADDR": "192.168.1.20"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 401
    key = {"Authorization": f"Bearer {api.key}"}
    assert client.get("/metrics", environ_base=elsewhere, headers=key).status_code == 200
    lent = services(api.app)
    api.app.extensions["loyalty"] = replace(lent, config=lent.config.model_copy(update={"https": True}))
    assert client.get("/metrics").status_code == 401
