"""Who is told what happens, on its page: the secret is shown once, each message with the answer it got."""

import re
from dataclasses import replace

from loyalty.db.audit import entries
from loyalty.db.session import read
from loyalty.web.secret import secret_key
from loyalty.web.services import services
from loyalty.webhooks.deliver import Way, send_due
from tests.webhooks.receiver import Receiver

SECRET = re.compile(r'shown-once mono">(whsec_[^<]+)<')


def test_an_endpoint_is_added_tried_stopped_and_taken_away(admin, shop, staff):
    lent = services(shop.app)
    shop.app.extensions["loyalty"] = replace(lent, config=lent.config.model_copy(update={"webhooks_inside": True}))
    assert "Nobody is told yet" in admin.get("/webhooks").text
    wrong = admin.post("/webhooks", url="ftp://x", name="web shop")
    assert wrong.status_code == 422 and "begin with https://" in wrong.text and "web shop" in wrong.text
    with Receiver() as receiver:
        made = admin.post("/webhooks", url=receiver.url, name="web shop", types="sale.recorded").text
        (secret,) = SECRET.findall(made)
        (address,) = set(re.findall(r"/webhooks/whe_\w+", made))
        assert "web shop" in admin.get("/webhooks").text and secret not in admin.get(address).text
        admin.post(f"{address}/test")
        send_due(shop.engine, Way(secret_key(lent.config.data_dir), True, shop.clock))
        assert receiver.heard[0].json["type"] == "webhook.test"
        assert receiver.heard[0].is_signed(secret, shop.clock())
    page = admin.get(address).text
    assert ">arrived<" in page and "Attempts: 1" in page
    assert admin.post(re.findall(r'action="([^"]+/resend)"', page)[0]).status_code == 303
    assert ">waiting<" in admin.get(address).text
    assert "Somebody stopped it." in admin.get(admin.post(f"{address}/stop").location).text
    assert "Somebody stopped it." not in admin.get(admin.post(f"{address}/resume").location).text
    assert SECRET.findall(admin.post(f"{address}/rotate").text) != [secret]
    assert staff("supervisor").get("/webhooks").status_code == 403
    assert admin.get(admin.post(f"{address}/drop").location).status_code == 200
    assert admin.get(address).status_code == 404
    with read(shop.engine) as session:
        told = [entry.action.removeprefix("webhook.") for entry in entries(session, action="webhook.")]
    assert told == ["drop", "rotate", "resume", "stop", "resend", "test", "create"]
