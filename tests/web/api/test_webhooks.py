"""Programs elsewhere are told what happened: once it is committed, signed, again until it arrives."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from loyalty.db.session import read
from loyalty.web.api.stream import told
from loyalty.web.secret import secret_key
from loyalty.web.services import services
from loyalty.webhooks.deliver import AFTER_S, KEPT, Way, clear_old, fan_out, send_due
from loyalty.webhooks.happenings import place_of, present
from loyalty.webhooks.tables import deliveries, endpoints
from tests.web.api.conftest import Api
from tests.webhooks.receiver import Receiver


@dataclass
class Line:
    """An endpoint at `receiver`, and the server's courier turn by turn."""

    api: Api
    receiver: Receiver
    id: str
    secret: str

    def turn(self) -> None:
        config = services(self.api.app).config
        while fan_out(self.api.engine, self.api.clock()):
            pass
        send_due(self.api.engine, Way(secret_key(config.data_dir), config.webhooks_inside, self.api.clock))

    def types(self) -> list[str]:
        return [each.json["type"] for each in self.receiver.heard]

    def latest(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.ok("GET", f"/webhook-endpoints/{self.id}/deliveries")["deliveries"][0]
        return found


@pytest.fixture
def line(api: Api) -> Iterator[Line]:
    lent = services(api.app)
    config = lent.config.model_copy(update={"webhooks_inside": True})
    api.app.extensions["loyalty"] = replace(lent, config=config)
    with Receiver() as receiver:
        made = api.ok("POST", "/webhook-endpoints", {"url": receiver.url, "name": "web shop"})
        secret = api.ok("GET", f"/webhook-endpoints/{made['id']}/secret")["secret"]
        yield Line(api, receiver, made["id"], secret)


def test_what_happens_is_told_in_order_signed_and_without_a_name(line: Line):
    api = line.api
    cards = [{"kind": "card_uid", "token": "04A2B3C4"}]
    ann = api.ok("POST", "/members", {"name": "陳大文", "phone": "61234567", "cards": cards})
    api.ok("POST", "/purchases", {"id": "till-1", "member": ann["id"], "amount": "1200.00"})
    assert api("POST", "/purchases", {"id": "till-2", "member": ann["id"], "amount": "-1"}).status_code == 422
    api.ok("POST", "/purchases", {"id": "till-1", "member": ann["id"], "amount": "1200.00"})  # asked again: no news
    line.turn()
    assert line.types() == ["member.created", "tier.changed", "sale.recorded", "tier.changed"]
    sale = line.receiver.heard[2]
    assert sale.json["data"]["id"] == "till-1"
    assert sale.json["data"]["member"] == ann["id"]
    assert sale.json["data"]["earned"] == {"points": 1200}
    assert sale.is_signed(line.secret, api.clock())
    assert not sale.is_signed("whsec_" + "A" * 32, api.clock())
    everything = b"".join(each.body for each in line.receiver.heard).decode()
    assert not [word for word in ("陳大文", "1234567", "04A2B3C4") if word in everything]
    line.turn()
    assert len(line.receiver.heard) == 4  # and nothing twice


def test_a_fault_is_tried_again_later_and_given_up_after_days(line: Line):
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:test")
    for pause_s in AFTER_S:
        line.receiver.answers = [500]
        line.turn()
        line.turn()  # not due yet
        assert line.latest()["said"].startswith("500")
        line.api.clock.set(line.api.clock() + timedelta(seconds=pause_s))
    assert len({each.headers["webhook-id"] for each in line.receiver.heard}) == 1
    line.receiver.answers = [302]  # no redirect is followed
    line.turn()
    assert line.latest()["state"] == "given_up"
    assert len(line.receiver.heard) == len(AFTER_S) + 1
    stopped = line.api.ok("GET", f"/webhook-endpoints/{line.id}")["stopped"]
    assert "did not arrive" in stopped
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:resume")
    line.api.ok("POST", f"/webhook-deliveries/{line.latest()['id']}:resend")
    line.turn()
    assert line.latest()["state"] == "arrived"
    clear_old(line.api.engine, line.api.clock() + KEPT)
    assert line.api.ok("GET", f"/webhook-endpoints/{line.id}/deliveries") == {"deliveries": [], "next": None}
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:test")
    line.receiver.answers = [410]  # who does not want to be told any more is not
    line.turn()
    assert "410" in line.api.ok("GET", f"/webhook-endpoints/{line.id}")["stopped"]
    line.api.ok("DELETE", f"/webhook-endpoints/{line.id}")
    assert line.api("GET", f"/webhook-endpoints/{line.id}").status_code == 404


def test_a_secret_is_changed_without_a_gap_and_lies_nowhere_in_clear(line: Line):
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:rotate")
    after = line.api.ok("GET", f"/webhook-endpoints/{line.id}/secret")["secret"]
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:test")
    line.turn()
    assert after != line.secret
    assert all(line.receiver.heard[0].is_signed(each, line.api.clock()) for each in (after, line.secret))
    with read(line.api.engine) as session:
        rows = session.execute(sa.select(endpoints)).all() + session.execute(sa.select(deliveries)).all()
    assert not [each for each in (after, line.secret) if each[6:] in str(rows)]
    line.api.clock.set(line.api.clock() + timedelta(hours=25))
    line.api.ok("POST", f"/webhook-endpoints/{line.id}:test")
    line.turn()
    assert not line.receiver.heard[-1].is_signed(line.secret, line.api.clock())


def test_an_endpoint_in_the_shops_own_network_is_refused_unless_the_shop_says_so(api: Api):
    for url in ("http://shop.example/", "https://127.0.0.1/", "https://192.168.0.1/admin", "file:///etc/passwd"):
        refused = api("POST", "/webhook-endpoints", {"url": url})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/url")
    assert api("POST", "/webhook-endpoints", {"url": "https://shop.example/", "types": ["sale"]}).status_code == 422
    key = api.new_key("read", "book", "members", "programme")
    assert api("POST", "/webhook-endpoints", {"url": "https://shop.example/"}, key=key).status_code == 403
    assert api.ok("GET", "/webhook-endpoints") == {"endpoints": []}
    api("POST", "/webhook-endpoints", {"url": "https://shop.example/"}, key=api.new_key("webhooks", test=True))
    assert api.ok("GET", "/webhook-endpoints") == {"endpoints": []}


def test_who_listens_with_a_key_goes_on_where_the_line_broke(api: Api, ann: dict[str, Any]):
    with read(api.engine) as session:
        place = present(session)
    listening = told(api.engine, place, ["sale.recorded"], wait=lambda _s: None)
    assert f"id: {place}" in next(listening)
    api.ok("POST", "/purchases", {"id": "till-1", "member": ann["id"], "amount": "5.00"})
    first = next(listening)
    assert "event: sale.recorded\n" in first
    assert '"id":"till-1"' in first
    api.ok("POST", "/purchases", {"id": "till-2", "member": ann["id"], "amount": "5.00"})
    seen = place_of(first.partition("\n")[0].removeprefix("id: "))
    assert seen is not None
    again = told(api.engine, seen, [], wait=lambda _s: None)
    assert '"id":"till-2"' in [next(again), next(again)][1]

    client = api.app.test_client()
    assert client.get("/api/v1/stream").status_code == 401
    key = {"Authorization": f"Bearer {api.key}"}
    for address, more in (("/api/v1/stream", {"Last-Event-ID": "x"}), ("/api/v1/stream?types=x", {})):
        assert client.get(address, headers=key | more).status_code == 422
    counter = {"Authorization": f"Bearer {api.new_key('counter')}"}
    assert client.get("/api/v1/stream", headers=counter).status_code == 403
    answer = client.get("/api/v1/stream", headers=key)
    assert answer.mimetype == "text/event-stream"
    assert next(answer.iter_encoded()).startswith(b"retry: ")
    answer.close()
