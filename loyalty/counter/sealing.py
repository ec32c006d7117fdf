"""What is personal on the counter's disk is sealed: AES-256-GCM under a key that lies in a file of its own.

Names, card numbers, balances and faces stand in the store only like this; a credential stands there by a name made
with the same key, so that a card which is held to a reader is found and nobody reads which cards there are.
"""

import base64
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.errors import LoyaltyError

KEY_BYTES, _NONCE_BYTES = 32, 12


class SealBroken(LoyaltyError):
    """What stands on the disk was not sealed with this key, or was changed since."""

    code = "disk"


class Seal:
    """Thread-safe. `place` says what is sealed (a table and its column): nothing can be moved to another place."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, "seal"))
        self._names = _derived(key, "name")

    def close(self, text: str, place: str) -> str:
        """`text` as it may stand on a disk; other each time."""
        return base64.b64encode(self.close_bytes(text.encode(), place)).decode()

    def open(self, sealed: str, place: str) -> str:
        """What was closed. SealBroken when it cannot be."""
        try:
            return self.open_bytes(base64.b64decode(sealed), place).decode()
        except ValueError as error:  # no base64, no UTF-8
            raise _broken(place) from error

    def close_bytes(self, data: bytes, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise _broken(place) from error

    def name(self, value: str) -> str:
        """What stands for `value`: always the same, 32 hexadecimal digits, made by nobody without the key."""
        return hmac.digest(self._names, value.encode(), "sha256").hex()[:32]


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"loyalty counter store, {purpose}".encode(), "sha256")


def _broken(place: str) -> SealBroken:
    return SealBroken(f"What stands in {place} of this counter's store was not written with its key; check the disk.")
