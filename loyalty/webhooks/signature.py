"""Signatures as Standard Webhooks 1.0.0 writes them (specification, "Signature scheme", symmetric, `v1`).

Signed is `{id}.{seconds}.{body}` with HMAC-SHA256; the secret is `whsec_` and 24 to 64 bytes in base64.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A new one, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(secret: str, id: str, at: datetime, body: bytes) -> str:
    """`v1,…`. ValueError when `secret` is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is whsec_ and base64") from error
    content = f"{id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def headers(keys: Iterable[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message. Several secrets: while one takes the place of another, either is right."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(key, id, at, body) for key in keys),
    }
