"""From the page of the card into the phone's wallet, and how a phone there hears of points."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from loyalty.checkout.record_purchase import record_purchase
from loyalty.config import PassFiles
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.token import Token
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import change_member
from loyalty.members.tables import Member
from loyalty.members.wallet_tables import wallet_passes
from loyalty.passes import book
from loyalty.passes.google import SAVE
from loyalty.passes.push import PushService
from loyalty.passes.tell import Ways, tell_changes
from loyalty.web.wallet_content import content_of
from tests.passes.authority import FAR, PASS_TYPE, authority, google_files
from tests.passes.google_server import google_server
from tests.passes.push_server import push_server
from tests.passes.test_apple import openssl_agrees, unpacked
from tests.passes.test_google import part
from tests.web.conftest import Shop, Visitor

Configure = Callable[..., None]


@pytest.fixture
def configure(portal: Shop) -> Configure:
    """Other settings for the running application."""

    def change(**update: object) -> None:
        held = portal.app.extensions["loyalty"]
        portal.app.extensions["loyalty"] = held.__class__(
            held.engine, held.clock, held.config.model_copy(update=update), held.console
        )

    return change


def both(folder: Path) -> PassFiles:
    google = google_files(folder).model_dump(include={"google_account", "google_issuer"})
    return authority(folder).files().model_copy(update=google)


def rename(shop: Shop, name: str) -> None:
    with write(shop.engine) as session:
        change_member(
            session, shop.harbour.members["陳大文"], {"name": name}, shop.clock(), Conventions("luhn", "HK"), None
        )


def test_a_card_goes_into_both_wallets_and_changes_there(
    portal: Shop, signed_in: Visitor, admin: Visitor, configure: Configure, tmp_path: Path
) -> None:
    assert "/me/wallet" not in signed_in.get("/me").text
    assert signed_in.get("/me/wallet/card.pkpass").status_code == 404
    files = both(tmp_path)
    configure(passes=files, public_url="https://club.example")
    page = signed_in.get("/me").text
    assert "/me/wallet/card.pkpass" in page and "/me/wallet/google" in page

    link = signed_in.get("/me/wallet/google").location
    assert link.startswith(SAVE)
    card = json.loads(part(link.split(".")[-2]))["payload"]["loyaltyObjects"][0]
    got = signed_in.client.get("/me/wallet/card.pkpass")
    assert got.mimetype == "application/vnd.apple.pkpass"
    inside = unpacked(got.data)
    assert openssl_agrees(inside, files.apple_intermediate, tmp_path)
    document = json.loads(inside["pass.json"])
    assert document["barcodes"][0]["message"] == card["accountId"]
    assert document["webServiceURL"] == "https://club.example/wallet"

    phone = Apple(portal, document)
    assert phone.register().status_code == 201
    assert phone.register().status_code == 200
    told = phone.changed().json
    assert told["serialNumbers"] == [document["serialNumber"]]
    assert phone.changed(told["lastUpdated"]).status_code == 204
    assert phone.fetch({"If-Modified-Since": got.headers["Last-Modified"]}).status_code == 304

    portal.clock.forward(timedelta(minutes=5))
    rename(portal, "陳大明")
    again = phone.changed(told["lastUpdated"]).json
    assert again["serialNumbers"] == [document["serialNumber"]] and int(again["lastUpdated"]) > int(told["lastUpdated"])
    fetched = phone.fetch({"If-Modified-Since": got.headers["Last-Modified"]})
    assert "陳大明" in unpacked(fetched.data)["pass.json"].decode()

    stranger = Apple(portal, {**document, "authenticationToken": "A" * 32})
    assert [stranger.register().status_code, stranger.fetch({}).status_code, stranger.leave().status_code] == [401] * 3
    assert phone.client.get("/wallet/v1/devices/d1/registrations/pass.other").status_code == 404
    assert phone.client.post("/wallet/v1/log", json={"logs": ["it hurts"]}).status_code == 200
    assert phone.client.get("/wallet/logo.png").data.startswith(b"\x89PNG")
    assert phone.leave().status_code == 200 and phone.changed().status_code == 204
    with read(portal.engine) as session:
        assert book.counts(session) == {"apple": 1, "google": 1, "phones": 0}

    assert PASS_TYPE in admin.get("/settings").text
    configure(passes=files.model_copy(update={"apple_key_password": "wrong", "google_issuer": ""}))
    assert "/me/wallet" not in signed_in.get("/me").text
    assert phone.fetch({}).status_code == 404
    assert "is apple_key_password right?" in admin.get("/settings").text


class Apple:
    """An iPhone's wallet that holds a pass, as it speaks to the server."""

    def __init__(self, shop: Shop, document: dict[str, str]) -> None:
        self.client, self.serial = shop.app.test_client(), document["serialNumber"]
        self.proof = {"Authorization": f"ApplePass {document['authenticationToken']}"}
        self.registrations = f"/wallet/v1/devices/d1/registrations/{PASS_TYPE}"

    def register(self) -> TestResponse:
        return self.client.post(f"{self.registrations}/{self.serial}", headers=self.proof, json={"pushToken": "ab12"})

    def leave(self) -> TestResponse:
        return self.client.delete(f"{self.registrations}/{self.serial}", headers=self.proof)

    def changed(self, tag: str = "") -> TestResponse:
        return self.client.get(self.registrations, query_string={"passesUpdatedSince": tag} if tag else {})

    def fetch(self, headers: dict[str, str]) -> TestResponse:
        return self.client.get(f"/wallet/v1/passes/{PASS_TYPE}/{self.serial}", headers={**self.proof, **headers})


def sale_of(shop: Shop) -> RecordPurchase:
    token = Token("card_uid", shop.harbour.chips["陳大文"])
    return RecordPurchase("till-9:1", "till-9", 1, shop.clock(), token=token, amount=Decimal("128.50"))


def test_wallets_are_told_of_changes_and_of_nothing_else(portal: Shop, tmp_path: Path) -> None:
    above = authority(tmp_path)
    shown = above.files(ends=FAR)
    with push_server(above.door(), shown.apple_intermediate) as apple, google_server() as google:
        named = google_files(tmp_path, f"{google.address}token").model_dump(include={"google_account", "google_issuer"})
        on = {"apple_push": True, "google_updates": True}
        files = shown.model_copy(update={**named, **on})
        service = PushService("localhost", apple.port, files.apple_intermediate)
        ways = Ways(files, content_of, service, f"{google.address}cards/")
        with write(portal.engine) as session:
            member, now = session.get(Member, portal.harbour.members["陳大文"]), portal.clock()
            content = content_of(session, member, now)
            ours = {kind: book.pass_for(session, member.id, kind, content, now) for kind in ("apple", "google")}
            for device in ("old", "new"):
                book.register(session, ours["apple"].serial, device, f"token{device}", now)
        apple.gone.add("tokenold")

        def turn() -> int:
            portal.clock.forward(timedelta(minutes=5))
            return tell_changes(portal.engine, ways, portal.clock())

        assert turn() == 0 and apple.heard == []
        with write(portal.engine) as session:
            record_purchase(session, sale_of(portal), portal.clock(), Conventions())
        google.unknown = True
        assert turn() == 2
        assert sorted(apple.heard) == [(f"/3/device/token{name}", PASS_TYPE, b"{}") for name in ("new", "old")]
        with read(portal.engine) as session:
            assert list(book.phones_of(session, ours["apple"].serial)) == ["new"]
            said = session.scalars(sa.select(wallet_passes.c.said).order_by(wallet_passes.c.kind)).all()
        assert said == ["Unregistered", "404 Not Found"] and google.cards == {}
        google.unknown = False
        rename(portal, "陳大明")
        assert turn() == 0  # no points moved: found when everybody is looked at again
        portal.clock.forward(timedelta(days=1))
        assert turn() == 2 and len(apple.heard) == 3
        (card,) = google.cards.values()
        assert card["accountName"] == "陳大明"
        assert set(google.cards) == {f"3388000000012345678.{ours['google'].serial}"}
        assert turn() == 0 and len(google.asked) == 2

        stranger = replace(service, authority=authority(tmp_path).files("stranger").apple_intermediate)
        rename(portal, "陳大文")
        portal.clock.forward(timedelta(days=1))
        assert tell_changes(portal.engine, replace(ways, apple=stranger), portal.clock()) == 1  # Google's only
        assert turn() == 1 and len(apple.heard) == 4
