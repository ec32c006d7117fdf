"""Mutual authentication with MIFARE DESFire (0A, 1A, AA; 71, 77 from EV2 on) and NTAG 424 (71, 77). Both ends; no I/O.

    host: AA key                     card: AF E(RndB)
    host: AF E(RndA RndB')           card: 00 E(RndA')            ' is turned by one byte
    host: 71 key length [capabilities], 77 key                    card: 00 E(TI RndA' capabilities), or E(RndA')

1A is AA with DES: random numbers of 8 bytes, or 16 with a key of 24. EV1 (AA, 1A) chains the cipher through all three,
EV2 begins each with zero; 0A is in des_authentication.py. Sources: libfreefare mifare_desfire.c; NXP AN12196 rev. 1.8
sections 5.6 and 5.10; the golden vectors are theirs and real cards'. Random numbers are given, not made.
"""

from enum import IntEnum

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.des_authentication import DesCard, DesHost, session_key
from loyalty.devices.wire.apdu.des_session import BLOCK, DesSession
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Ev1Session, Ev2Session

Made = Ev1Session | Ev2Session | DesSession
_CAPABILITIES = bytes(12)
"""Of card (PDcap2) and host (PCDcap2): nothing special."""


class Way(IntEnum):
    """The instruction that begins it. D40 and ISO are for keys of DES, the others for AES."""

    D40, ISO, EV1, EV2_FIRST, EV2_AGAIN = 0x0A, 0x1A, 0xAA, 0x71, 0x77

    @property
    def key_sizes(self) -> tuple[int, ...]:
        """Bytes that a key may have. Of 8 and 16 with equal halves: single DES; 24: DES with three keys."""
        return {Way.D40: (8, 16), Way.ISO: (8, 16, 24)}.get(self, (16,))

    def random_size(self, value: bytes) -> int:
        """Bytes of each random number with this key."""
        return BLOCK if self in (Way.D40, Way.ISO) and len(value) != 24 else aes.BLOCK


def host_for(way: Way, key: int, value: bytes, rnd_a: bytes, before: Made | None = None) -> "Host | DesHost":
    """value: the key, of one of the way's sizes. rnd_a: random bytes. before: the session EV2_AGAIN goes on with."""
    return DesHost(key, value, rnd_a) if way is Way.D40 else Host(way, key, value, rnd_a, before)


def card_for(
    way: Way, key: int, value: bytes, rnd_b: bytes, transaction: bytes, before: Made | None = None
) -> "Card | DesCard":
    """The other end; see Card."""
    return DesCard(key, value, rnd_b) if way is Way.D40 else Card(way, key, value, rnd_b, transaction, before)


class Host:
    """Of every way but D40. See host_for()."""

    def __init__(self, way: Way, key: int, value: bytes, rnd_a: bytes, before: Made | None = None) -> None:
        self.way, self._key, self._value, self._rnd_a, self._before = way, key, value, rnd_a, before
        self._cipher = _cipher(way)
        self._chain = self._cipher.zero

    def begin(self) -> bytes:
        """What follows the instruction."""
        return bytes([self._key]) + (b"\0" if self.way is Way.EV2_FIRST else b"")

    def token(self, challenge: bytes) -> bytes:
        """The answer to the card's challenge; Malformed when that is not as long as ours."""
        if len(challenge) != len(self._rnd_a):
            raise Malformed(f"a challenge has {len(self._rnd_a)} bytes, not {len(challenge)}")
        cipher, block = self._cipher, self._cipher.block
        self._rnd_b = cipher.decrypt(self._value, cipher.zero, challenge)
        start = challenge[-block:] if _chained(self.way) else cipher.zero
        token = cipher.encrypt(self._value, start, self._rnd_a + aes.turned(self._rnd_b))
        self._chain = token[-block:] if _chained(self.way) else cipher.zero
        return token

    def finish(self, proof: bytes) -> Ev1Session | Ev2Session:
        """The session; Malformed when the card did not prove that it has the key."""
        size = 32 if self.way is Way.EV2_FIRST else len(self._rnd_a)
        if len(proof) != size:
            raise Malformed(f"a card's proof has {size} bytes, not {len(proof)}")
        plain = self._cipher.decrypt(self._value, self._chain, proof)
        transaction, returned = (plain[:4], plain[4:20]) if self.way is Way.EV2_FIRST else (b"", plain)
        if returned != aes.turned(self._rnd_a):
            raise Malformed("the card does not have this key")
        return made(self.way, self._value, self._rnd_a, self._rnd_b, self._key, transaction, self._before)


class Card:
    """The other end. transaction: the identifier (TI) that EV2_FIRST gives out. See card_for()."""

    def __init__(
        self, way: Way, key: int, value: bytes, rnd_b: bytes, transaction: bytes, before: Made | None = None
    ) -> None:
        self.way, self._key, self._value, self._rnd_b = way, key, value, rnd_b
        self._transaction, self._before = transaction, before
        self._cipher = _cipher(way)
        self.challenge = self._cipher.encrypt(value, self._cipher.zero, rnd_b)

    def prove(self, token: bytes) -> tuple[bytes, Ev1Session | Ev2Session]:
        """The proof and the session; Malformed when the host does not have the key."""
        size, cipher, chained = len(self._rnd_b), self._cipher, _chained(self.way)
        if len(token) != 2 * size:
            raise Malformed(f"a token has {2 * size} bytes, not {len(token)}")
        plain = cipher.decrypt(self._value, self.challenge[-cipher.block :] if chained else cipher.zero, token)
        rnd_a = plain[:size]
        if plain[size:] != aes.turned(self._rnd_b):
            raise Malformed("the host does not have this key")
        first = self.way is Way.EV2_FIRST
        proof = self._transaction + aes.turned(rnd_a) + _CAPABILITIES if first else aes.turned(rnd_a)
        start = token[-cipher.block :] if chained else cipher.zero
        session = made(self.way, self._value, rnd_a, self._rnd_b, self._key, self._transaction, self._before)
        return cipher.encrypt(self._value, start, proof), session


def _cipher(way: Way) -> aes.BlockCipher:
    return aes.DES_CBC if way is Way.ISO else aes.AES_CBC


def _chained(way: Way) -> bool:
    return way in (Way.EV1, Way.ISO)


def made(
    way: Way, value: bytes, rnd_a: bytes, rnd_b: bytes, key: int, transaction: bytes, before: Made | None = None
) -> Ev1Session | Ev2Session:
    """The session that both ends come to. EV2_AGAIN keeps identifier and counter of the session before."""
    if way is Way.ISO:
        return Ev1Session(session_key(value, rnd_a, rnd_b), key, aes.DES_CBC)
    if way is Way.EV1:
        return Ev1Session(rnd_a[:4] + rnd_b[:4] + rnd_a[12:] + rnd_b[12:], key)
    context = rnd_a[:2] + aes.xor(rnd_a[2:8], rnd_b[:6]) + rnd_b[6:] + rnd_a[8:]
    keys = [aes.cmac(value, label + b"\x00\x01\x00\x80" + context) for label in (b"\xa5\x5a", b"\x5a\xa5")]
    if way is Way.EV2_AGAIN and isinstance(before, Ev2Session):
        return Ev2Session(keys[0], keys[1], before.transaction, key, before.counter)
    return Ev2Session(keys[0], keys[1], transaction, key)
