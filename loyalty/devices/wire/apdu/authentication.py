"""Mutual authentication with AES: DESFire EV1 (AA), DESFire EV2 and NTAG 424 (71 first, 77 again). Both ends; no I/O.

    host: AA key                     card: AF E(RndB)
    host: AF E(RndA RndB')           card: 00 E(RndA')            ' is turned by one byte
    host: 71 key length [capabilities], 77 key                    card: 00 E(TI RndA' capabilities), or E(RndA')

EV1 chains the cipher through all three, EV2 begins each with zero. Sources: libfreefare mifare_desfire.c; NXP AN12196
rev. 1.8 sections 5.6 and 5.10; the golden vectors are theirs and a real card's. Random numbers are given, not made.
"""

from enum import IntEnum

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Ev1Session, Ev2Session

Made = Ev1Session | Ev2Session
_CAPABILITIES = bytes(12)
"""Of card (PDcap2) and host (PCDcap2): nothing special."""


class Way(IntEnum):
    """The instruction that begins it."""

    EV1, EV2_FIRST, EV2_AGAIN = 0xAA, 0x71, 0x77


class Host:
    """value: the key, 16 bytes. rnd_a: 16 random bytes. before: the session that EV2_AGAIN goes on with."""

    def __init__(self, way: Way, key: int, value: bytes, rnd_a: bytes, before: Made | None = None) -> None:
        self.way, self._key, self._value, self._rnd_a, self._before = way, key, value, rnd_a, before
        self._chain = aes.ZERO

    def begin(self) -> bytes:
        """What follows the instruction."""
        return bytes([self._key]) + (b"\0" if self.way is Way.EV2_FIRST else b"")

    def token(self, challenge: bytes) -> bytes:
        """The answer to the card's challenge; Malformed when that has not 16 bytes."""
        if len(challenge) != aes.BLOCK:
            raise Malformed(f"a challenge has 16 bytes, not {len(challenge)}")
        self._rnd_b = aes.decrypt(self._value, aes.ZERO, challenge)
        start = challenge if self.way is Way.EV1 else aes.ZERO
        token = aes.encrypt(self._value, start, self._rnd_a + aes.turned(self._rnd_b))
        self._chain = token[-aes.BLOCK :] if self.way is Way.EV1 else aes.ZERO
        return token

    def finish(self, proof: bytes) -> Made:
        """The session; Malformed when the card did not prove that it has the key."""
        if len(proof) != (32 if self.way is Way.EV2_FIRST else 16):
            raise Malformed(f"a card's proof has 16 or 32 bytes, not {len(proof)}")
        plain = aes.decrypt(self._value, self._chain, proof)
        transaction, returned = (plain[:4], plain[4:20]) if self.way is Way.EV2_FIRST else (b"", plain[:16])
        if returned != aes.turned(self._rnd_a):
            raise Malformed("the card does not have this key")
        return made(self.way, self._value, self._rnd_a, self._rnd_b, self._key, transaction, self._before)


class Card:
    """The other end. transaction: the identifier (TI) that EV2_FIRST gives out."""

    def __init__(
        self, way: Way, key: int, value: bytes, rnd_b: bytes, transaction: bytes, before: Made | None = None
    ) -> None:
        self.way, self._key, self._value, self._rnd_b = way, key, value, rnd_b
        self._transaction, self._before = transaction, before
        self.challenge = aes.encrypt(value, aes.ZERO, rnd_b)

    def prove(self, token: bytes) -> tuple[bytes, Made]:
        """The proof and the session; Malformed when the host does not have the key."""
        if len(token) != 2 * aes.BLOCK:
            raise Malformed(f"a token has 32 bytes, not {len(token)}")
        plain = aes.decrypt(self._value, self.challenge if self.way is Way.EV1 else aes.ZERO, token)
        rnd_a = plain[: aes.BLOCK]
        if plain[aes.BLOCK :] != aes.turned(self._rnd_b):
            raise Malformed("the host does not have this key")
        first = self.way is Way.EV2_FIRST
        proof = self._transaction + aes.turned(rnd_a) + _CAPABILITIES if first else aes.turned(rnd_a)
        start = token[-aes.BLOCK :] if self.way is Way.EV1 else aes.ZERO
        session = made(self.way, self._value, rnd_a, self._rnd_b, self._key, self._transaction, self._before)
        return aes.encrypt(self._value, start, proof), session


def made(
    way: Way, value: bytes, rnd_a: bytes, rnd_b: bytes, key: int, transaction: bytes, before: Made | None = None
) -> Made:
    """The session that both ends come to. EV2_AGAIN keeps identifier and counter of the session before."""
    if way is Way.EV1:
        return Ev1Session(rnd_a[:4] + rnd_b[:4] + rnd_a[12:] + rnd_b[12:], key)
    context = rnd_a[:2] + aes.xor(rnd_a[2:8], rnd_b[:6]) + rnd_b[6:] + rnd_a[8:]
    keys = [aes.cmac(value, label + b"\x00\x01\x00\x80" + context) for label in (b"\xa5\x5a", b"\x5a\xa5")]
    if way is Way.EV2_AGAIN and isinstance(before, Ev2Session):
        return Ev2Session(keys[0], keys[1], before.transaction, key, before.counter)
    return Ev2Session(keys[0], keys[1], transaction, key)
