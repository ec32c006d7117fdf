"""A pass for Apple Wallet: a ZIP file of pass.json, pictures, words, their hashes, and a signature of the hashes.

Source: Wallet Developer Guide and Wallet Passes reference (developer.apple.com). Signatures are checked with openssl;
that an iPhone takes the file is unverified.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from loyalty.passes.certificates import Signer
from loyalty.passes.content import PassContent, grouped, plain
from loyalty.passes.words import LANGUAGES, strings
from loyalty.printing.wallet_pictures import wallet_pictures

MIME = "application/vnd.apple.pkpass"
_THEN = (1980, 1, 1, 0, 0, 0)
"""The only date in the ZIP: the same pass has the same bytes but for the signature."""


def pkpass(content: PassContent, serial: str, token: str, service: str, signer: Signer) -> bytes:
    """The file. `token`: with which the phone asks for changes at `service`, an https address; "" for a still pass."""
    files: dict[str, bytes] = {"pass.json": _json(_document(content, serial, token, service, signer))}
    files |= dict(wallet_pictures(content.shop, content.colour))
    files |= {f"{language}.lproj/pass.strings": strings(language).encode() for language in LANGUAGES}
    manifest = _json({name: hashlib.sha1(data).hexdigest() for name, data in files.items()})
    files |= {"manifest.json": manifest, "signature": signer.sign(manifest)}
    return _zipped(files)


def _document(content: PassContent, serial: str, token: str, service: str, signer: Signer) -> dict[str, Any]:
    code = {"message": content.number, "messageEncoding": "iso-8859-1", "altText": content.number}
    document = {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": serial,
        "organizationName": content.shop,
        "description": "card",
        "logoText": content.shop,
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(255, 255, 255)",
        "backgroundColor": _rgb(content.colour),
        "sharingProhibited": True,
        "barcodes": [{"format": f"PKBarcodeFormat{kind}", **code} for kind in ("QR", "Code128")],
        "storeCard": _fields(content),
    }
    if service:
        document |= {"webServiceURL": service, "authenticationToken": token}
    if content.ended:
        document["voided"] = True
    return document


def _fields(content: PassContent) -> dict[str, list[dict[str, Any]]]:
    label = "points" if content.unit and not content.currency else "balance"
    balance = {"key": "balance", "label": label, "changeMessage": "balance_now", **_amount(content)}
    secondary = [{"key": "member", "label": "member", "value": content.name}]
    if content.level:
        level = {"key": "level", "label": "level", "value": content.level, "changeMessage": "level_now"}
        secondary.append(level)
    soon: list[dict[str, Any]] = []
    if content.expiring is not None and content.expiring_on is not None:
        day = f"{content.expiring_on.isoformat()}T12:00:00Z"  # noon: the same day in every zone that has a shop
        soon = [
            {"key": "expiring", "label": "expiring", "value": grouped(content.expiring)},
            {"key": "until", "label": "until", "value": day, "dateStyle": "PKDateStyleMedium", "ignoresTimeZone": True},
        ]
    back = [
        {"key": "number", "label": "number", "value": content.number},
        {"key": "rewards", "label": "rewards", "value": "\n".join(content.rewards) or "no_rewards"},
        {"key": "hint", "label": "hint", "value": "hint_words"},
    ]
    return {"headerFields": [balance], "secondaryFields": secondary, "auxiliaryFields": soon, "backFields": back}


def _amount(content: PassContent) -> dict[str, Any]:
    if content.currency:
        return {"value": float(content.balance), "currencyCode": content.currency}
    if content.unit and content.unit != "points":
        return {"value": f"{grouped(content.balance)} {content.unit}"}
    return {"value": float(plain(content.balance)), "numberStyle": "PKNumberStyleDecimal"}


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # pictures are packed already
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _THEN), data)
    return out.getvalue()
