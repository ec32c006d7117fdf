"""Authentication with DES as MIFARE DESFire has had it from its first days (0A). The card's end only; no I/O.

    host: 0A key                     card: AF E(RndB)
    host: AF D(RndA RndB')           card: 00 E(RndA')            ' is turned by one byte; 8 bytes each

The card never deciphers, the host never enciphers: each block of the token is exclusive or'd with the block before and
then deciphered, so the card enciphers it and takes the block before off again. A key of 16 bytes with equal halves is
single DES. Source: nfc-tools/libfreefare, libfreefare/mifare_desfire_crypto.c; the golden vector is what libfreefare
0.4.0 took for a card's. No driver of ours uses it: it is what keys are changed from on cards as delivered.
"""

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Mode

INSTRUCTION = 0x0A
BLOCK = 8
_ZERO = bytes(BLOCK)


class DesSession:
    """key: number of the key that opened it; session_key: 8 bytes, or 16 for a key of two unlike halves.

    Plain communication stays as it is. Enciphered data carry a CRC-16 of their own and zeros up to whole blocks of 8;
    the chain begins anew with each. The MACs of four bytes are not spoken here: what needs them is Malformed.
    """

    def __init__(self, session_key: bytes, key: int) -> None:
        self.session_key, self.key = session_key, key

    def unseal(
        self, ins: int, header: int, body: bytes, mode: Mode, tail: int = 0, length: int | None = None
    ) -> bytes:  # fmt: skip
        """The data behind `header` bytes; Malformed when it is not the host's."""
        data = body[header:]
        if mode is Mode.MAC:
            raise Malformed("the MACs of a DES session are not spoken")
        return self._deciphered(data, length) if mode is Mode.FULL and data else data

    def answer(self, data: bytes, mode: Mode) -> bytes:
        if mode is not Mode.FULL or not data:
            return data
        plain = data + crc16(data)
        return aes.encrypt_3des(self.session_key, _ZERO, plain + bytes(-len(plain) % BLOCK))

    def _deciphered(self, data: bytes, length: int | None) -> bytes:
        """What the host deciphered block by block, each after the block before: see the head of this file."""
        if len(data) % BLOCK:
            raise Malformed(f"{len(data)} enciphered bytes are no whole blocks")
        blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
        before = [_ZERO, *blocks]
        plain = b"".join(
            aes.xor(_enciphered(self.session_key, each), last) for each, last in zip(blocks, before, strict=False)
        )
        ends = range(max(0, len(plain) - 2 - BLOCK), len(plain) - 1)
        for end in ends if length is None else [each for each in ends if each == length]:
            if crc16(plain[:end]) == plain[end : end + 2] and not plain[end + 2 :].strip(b"\0"):
                return plain[:end]
        raise Malformed("the checksum of enciphered data is wrong")


class DesCard:
    """value: the key, 8 or 16 bytes. rnd_b: 8 random bytes."""

    def __init__(self, key: int, value: bytes, rnd_b: bytes) -> None:
        self._key, self._value, self._rnd_b = key, value, rnd_b
        self.challenge = _enciphered(value, rnd_b)

    def prove(self, token: bytes) -> tuple[bytes, DesSession]:
        """The proof and the session; Malformed when the host does not have the key."""
        if len(token) != 2 * BLOCK:
            raise Malformed(f"a token has 16 bytes, not {len(token)}")
        rnd_a = _enciphered(self._value, token[:BLOCK])
        if aes.xor(_enciphered(self._value, token[BLOCK:]), token[:BLOCK]) != aes.turned(self._rnd_b):
            raise Malformed("the host does not have this key")
        both = rnd_a[:4] + self._rnd_b[:4]
        if self._value[:BLOCK] != self._value[-BLOCK:]:
            both += rnd_a[4:] + self._rnd_b[4:]
        return _enciphered(self._value, aes.turned(rnd_a)), DesSession(both, self._key)


def crc16(data: bytes) -> bytes:
    """Of ISO/IEC 14443-3 type A, low byte first."""
    value = 0x6363
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value.to_bytes(2, "little")


def _enciphered(key: bytes, block: bytes) -> bytes:
    return aes.encrypt_3des(key, _ZERO, block)
