"""The link for Google Wallet: a token that the account's public key vouches for, short enough for an address."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from loyalty.config import PassFiles
from loyalty.errors import ConfigError
from loyalty.passes.google import SAVE, account_of, loyalty_object, save_link
from tests.passes.authority import google_files
from tests.passes.test_apple import CHAN

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_link_holds_the_card_and_is_signed(tmp_path: Path) -> None:
    account = account_of(google_files(tmp_path))
    assert account is not None
    link = save_link(CHAN, "wp-1", account, "https://club.example", NOW)
    token = link.removeprefix(SAVE)
    head, claims, signature = token.split(".")
    public, said = account.key.public_key(), f"{head}.{claims}".encode()
    public.verify(part(signature), said, padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(part(signature), said + b"A", padding.PKCS1v15(), hashes.SHA256())
    assert len(token) < 1_800
    assert json.loads(part(head)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    inside = json.loads(part(claims))
    assert (inside["aud"], inside["typ"], inside["origins"]) == ("google", "savetowallet", ["https://club.example"])
    (card,), (shop,) = inside["payload"]["loyaltyObjects"], inside["payload"]["loyaltyClasses"]
    assert card["id"] == "3388000000012345678.wp-1" and card["classId"] == shop["id"]
    assert card["barcode"]["value"] == card["accountId"] == "88001234567"
    assert card["loyaltyPoints"] == {"label": "結餘", "balance": {"string": "1,740"}}
    assert shop["programLogo"]["sourceUri"]["uri"] == "https://club.example/wallet/logo.png"


def test_what_is_sent_later_has_three_languages_and_its_end(tmp_path: Path) -> None:
    account = account_of(google_files(tmp_path))
    assert account is not None
    card = loyalty_object(replace(CHAN, ended=True, rewards=()), "wp-1", account)
    assert card["state"] == "INACTIVE"
    spoken = card["loyaltyPoints"]["localizedLabel"]
    assert [spoken["defaultValue"], *spoken["translatedValues"]] == [
        {"language": "en", "value": "Balance"},
        {"language": "zh-Hant", "value": "結餘"},
        {"language": "zh-Hans", "value": "余额"},
    ]
    assert "localizedBody" in card["textModulesData"][-1]


def test_an_account_that_is_none_is_named(tmp_path: Path) -> None:
    good = google_files(tmp_path)
    (tmp_path / "bad.json").write_text('{"private_key": 5}')
    with pytest.raises(ConfigError, match=r"bad\.json is no key"):
        account_of(good.model_copy(update={"google_account": tmp_path / "bad.json"}))
    with pytest.raises(ConfigError, match="both"):
        account_of(PassFiles(google_issuer="1"))
    assert account_of(PassFiles()) is None
