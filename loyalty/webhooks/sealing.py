"""Secrets of endpoints as they lie in the database: encrypted under the installation's key, so that a copy of the
database alone signs nothing in the shop's name."""

import base64
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.errors import LoyaltyError

_NONCE_BYTES = 12
_FOR = b"webhook"


def sealed(secret: str, key: str) -> str:
    """`key` is the installation's, of secret.key."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, secret.encode(), _FOR)).decode()


def opened(text: str, key: str) -> str:
    """LoyaltyError when it was sealed under another key."""
    data = base64.b64decode(text)
    try:
        return _cipher(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _FOR).decode()
    except InvalidTag:
        raise LoyaltyError(
            "The secret of this endpoint was kept under another installation's key (secret.key); rotate it."
        ) from None


def _cipher(key: str) -> AESGCM:
    return AESGCM(hmac.digest(key.encode(), b"webhooks", "sha256"))
