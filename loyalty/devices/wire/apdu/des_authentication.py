"""Authentication with DES as MIFARE DESFire has had it from its first days (0A). Both ends; no I/O.

    host: 0A key                     card: AF E(RndB)
    host: AF D(RndA RndB')           card: 00 E(RndA')            ' is turned by one byte; 8 bytes each

The card never deciphers, the host never enciphers: each block of the token is exclusive or'd with the block before and
then deciphered, so the card enciphers it and takes the block before off again. A key of 16 bytes with equal halves, its
lowest bits too, is single DES. Source: nfc-tools/libfreefare, libfreefare/mifare_desfire_crypto.c and
mifare_desfire_key.c; the golden vectors are what libfreefare 0.4.0 took for a card's.
"""

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.des_session import BLOCK, DesSession, deciphered, enciphered
from loyalty.devices.wire.apdu.exchange import Malformed


class DesHost:
    """value: the key, 8 or 16 bytes. rnd_a: 8 random bytes."""

    def __init__(self, key: int, value: bytes, rnd_a: bytes) -> None:
        self._key, self._value, self._rnd_a = key, value, rnd_a

    def begin(self) -> bytes:
        """What follows the instruction."""
        return bytes([self._key])

    def token(self, challenge: bytes) -> bytes:
        """The answer to the card's challenge; Malformed when that has not 8 bytes."""
        if len(challenge) != BLOCK:
            raise Malformed(f"a challenge has 8 bytes, not {len(challenge)}")
        self._rnd_b = aes.decrypt_3des(self._value, bytes(BLOCK), challenge)
        return deciphered(self._value, self._rnd_a + aes.turned(self._rnd_b))

    def finish(self, proof: bytes) -> DesSession:
        """The session; Malformed when the card did not prove that it has the key."""
        if len(proof) != BLOCK:
            raise Malformed(f"a card's proof has 8 bytes, not {len(proof)}")
        if aes.decrypt_3des(self._value, bytes(BLOCK), proof) != aes.turned(self._rnd_a):
            raise Malformed("the card does not have this key")
        return DesSession(session_key(self._value, self._rnd_a, self._rnd_b), self._key)


class DesCard:
    """The other end. rnd_b: 8 random bytes."""

    def __init__(self, key: int, value: bytes, rnd_b: bytes) -> None:
        self._key, self._value, self._rnd_b = key, value, rnd_b
        self.challenge = enciphered(value, rnd_b)

    def prove(self, token: bytes) -> tuple[bytes, DesSession]:
        """The proof and the session; Malformed when the host does not have the key."""
        if len(token) != 2 * BLOCK:
            raise Malformed(f"a token has 16 bytes, not {len(token)}")
        both = enciphered(self._value, token)
        rnd_a = both[:BLOCK]
        if both[BLOCK:] != aes.turned(self._rnd_b):
            raise Malformed("the host does not have this key")
        session = DesSession(session_key(self._value, rnd_a, self._rnd_b), self._key)
        return enciphered(self._value, aes.turned(rnd_a)), session


def session_key(value: bytes, rnd_a: bytes, rnd_b: bytes) -> bytes:
    """As long as the key: 8 bytes for single DES, 16 for a key of two unlike halves, 24 for one of three parts (1A)."""
    both = rnd_a[:4] + rnd_b[:4]
    if len(value) == 24:
        return both + rnd_a[6:10] + rnd_b[6:10] + rnd_a[12:16] + rnd_b[12:16]
    return both if value[:BLOCK] == value[-BLOCK:] else both + rnd_a[4:8] + rnd_b[4:8]
