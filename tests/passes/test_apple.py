"""A file for Apple Wallet: signed so that openssl agrees, with every hash right and words in three languages."""

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from loyalty.config import PassFiles
from loyalty.errors import ConfigError
from loyalty.passes.apple import pkpass
from loyalty.passes.certificates import signer_of
from loyalty.passes.content import PassContent
from tests.passes.authority import PASS_TYPE, PASSWORD, TEAM, authority

CHAN = PassContent(
    shop="Harbour Club", number="88001234567", name="陳大文", language="zh-Hant", balance=Decimal("1740"),
    unit="points", level="Gold", style=2, expiring=Decimal(200), expiring_on=date(2027, 4, 30),
    rewards=("減 HK$50", "免費 coffee"),
)  # fmt: skip


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def openssl_agrees(files: dict[str, bytes], above: Path, folder: Path) -> bool:
    """By another program than made it: the signature is of the manifest, by a certificate that `above` issued."""
    for name in ("manifest.json", "signature"):
        (folder / name).write_bytes(files[name])
    command = (
        f"openssl smime -verify -inform DER -in {folder}/signature -content {folder}/manifest.json -CAfile {above}"
        " -purpose any -no_check_time -binary -out /dev/null"
    )
    return subprocess.run(command.split(), capture_output=True, check=False).returncode == 0


def test_a_pass_is_whole_and_signed(tmp_path: Path) -> None:
    named = authority(tmp_path).files()
    signer = signer_of(named)
    assert signer is not None and (signer.pass_type, signer.team) == (PASS_TYPE, TEAM)
    files = unpacked(pkpass(CHAN, "wp_1", "t" * 32, "https://club.example/wallet", signer))
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(data).hexdigest()
        for name, data in files.items()
        if name not in ("manifest.json", "signature")
    }
    assert openssl_agrees(files, named.apple_intermediate, tmp_path)
    assert not openssl_agrees(
        {**files, "manifest.json": files["manifest.json"] + b" "}, named.apple_intermediate, tmp_path
    )
    document = json.loads(files["pass.json"])
    assert (document["passTypeIdentifier"], document["teamIdentifier"], document["serialNumber"]) == (
        PASS_TYPE,
        TEAM,
        "wp_1",
    )
    assert document["barcodes"][0]["message"] == "88001234567"
    assert document["authenticationToken"] == "t" * 32 and document["webServiceURL"] == "https://club.example/wallet"
    shown = {each["key"]: each["value"] for fields in document["storeCard"].values() for each in fields}
    assert (shown["balance"], shown["level"], shown["expiring"]) == (1740, "Gold", "200")
    assert shown["until"].startswith("2027-04-30") and shown["rewards"] == "減 HK$50\n免費 coffee"
    labels = {each["label"] for fields in document["storeCard"].values() for each in fields}
    for language in ("en", "zh-Hant", "zh-Hans"):
        words = files[f"{language}.lproj/pass.strings"].decode()
        assert all(f'"{label}" = ' in words for label in labels)
    sizes = {name: Image.open(io.BytesIO(data)).size for name, data in files.items() if name.endswith(".png")}
    assert (sizes["icon.png"], sizes["icon@3x.png"], sizes["strip@2x.png"]) == ((29, 29), (87, 87), (750, 246))


def test_a_still_pass_of_money_and_one_that_is_over(tmp_path: Path) -> None:
    signer = signer_of(authority(tmp_path).files())
    assert signer is not None
    purse = replace(CHAN, balance=Decimal("12.50"), unit="", currency="HKD", ended=True, expiring_on=None, rewards=())
    document = json.loads(unpacked(pkpass(purse, "wp_2", "", "", signer))["pass.json"])
    assert document["voided"] and "webServiceURL" not in document
    assert document["storeCard"]["headerFields"][0]["currencyCode"] == "HKD"
    assert document["storeCard"]["auxiliaryFields"] == []
    assert purse.digest != CHAN.digest == replace(CHAN).digest


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    ours = authority(tmp_path)
    good, other = ours.files(), ours.files("other")
    stranger = authority(tmp_path).files("stranger")
    wrong = {
        "all three": PassFiles(apple_key=good.apple_key),
        "not that of": good.model_copy(update={"apple_key": other.apple_key}),
        "not issued by": good.model_copy(update={"apple_intermediate": stranger.apple_intermediate}),
        "apple_key_password": good.model_copy(update={"apple_key_password": PASSWORD[1:]}),
        "no certificate": good.model_copy(update={"apple_certificate": good.apple_key}),
        "cannot be read": good.model_copy(update={"apple_certificate": tmp_path / "nowhere"}),
        "none for passes": ours.files("mail", "com.example.mail"),
    }
    for said, files in wrong.items():
        with pytest.raises(ConfigError, match=said):
            signer_of(files)
    assert signer_of(PassFiles()) is None
