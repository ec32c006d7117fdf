"""From the page of the card into the phone's wallet, and how a phone there hears of points."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from loyalty.config import PassFiles
from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import change_member
from loyalty.passes import book
from loyalty.passes.google import SAVE
from tests.passes.authority import PASS_TYPE, authority, google_files
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
    a_phone_hears_of_a_new_name(portal, phone, got.headers["Last-Modified"])
    strangers_are_refused(portal, document)
    assert phone.leave().status_code == 200 and phone.changed().status_code == 204
    with read(portal.engine) as session:
        assert book.counts(session) == {"apple": 1, "google": 1, "phones": 0}

    assert PASS_TYPE in admin.get("/settings").text
    configure(passes=files.model_copy(update={"apple_key_password": "wrong", "google_issuer": ""}))
    assert "/me/wallet" not in signed_in.get("/me").text
    assert phone.fetch({}).status_code == 404
    assert "is apple_key_password right?" in admin.get("/settings").text


def a_phone_hears_of_a_new_name(shop: Shop, phone: "Apple", last_modified: str) -> None:
    assert [phone.register().status_code, phone.register().status_code] == [201, 200]
    told = phone.changed().json
    assert told["serialNumbers"] == [phone.serial]
    assert phone.changed(told["lastUpdated"]).status_code == 204
    assert phone.fetch({"If-Modified-Since": last_modified}).status_code == 304
    shop.clock.forward(timedelta(minutes=5))
    rename(shop, "陳大明")
    again = phone.changed(told["lastUpdated"]).json
    assert again["serialNumbers"] == [phone.serial] and int(again["lastUpdated"]) > int(told["lastUpdated"])
    fetched = phone.fetch({"If-Modified-Since": last_modified})
    assert "陳大明" in unpacked(fetched.data)["pass.json"].decode()


def strangers_are_refused(shop: Shop, document: dict[str, str]) -> None:
    stranger = Apple(shop, {**document, "authenticationToken": "A" * 32})
    assert [stranger.register().status_code, stranger.fetch({}).status_code, stranger.leave().status_code] == [401] * 3
    assert stranger.client.get("/wallet/v1/devices/d1/registrations/pass.other").status_code == 404
    assert stranger.client.post("/wallet/v1/log", json={"logs": ["it hurts"]}).status_code == 200
    assert stranger.client.get("/wallet/logo.png").data.startswith(b"\x89PNG")


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
