"""What protects commands to MIFARE DESFire after its oldest authentication (0A): D40 messaging. Both ends; no I/O.

Plain communication stays as it is. A MAC has four bytes: the beginning of the last block of the data, filled with zeros
and enciphered in CBC. Enciphered data carry a CRC-16 of their own and zeros up to whole blocks of 8. Only data are
protected, headers and answers without data are not, and the chain begins anew with each.

The card never deciphers: what the host sends, it sends deciphered, each block exclusive or'd with the block before.
Source: nfc-tools/libfreefare, libfreefare/mifare_desfire_crypto.c; the golden vectors are what libfreefare 0.4.0 sent
and took.
"""

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Mode, without_checksum

BLOCK = 8
MAC = 4
_NOTHING = b"", b""


def crc16(data: bytes) -> bytes:
    """Of ISO/IEC 14443-3 type A, low byte first."""
    value = 0x6363
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value.to_bytes(2, "little")


class DesSession:
    """key: number of the key that opened it; session_key: 8 bytes, or 16 for a key of two unlike halves."""

    checksum = staticmethod(crc16)

    def __init__(self, session_key: bytes, key: int) -> None:
        self.session_key, self.key = session_key, key

    def seal(self, ins: int, header: bytes, data: bytes, mode: Mode, tail: bytes = b"") -> bytes:
        if mode is Mode.FULL and data:
            plain = data + crc16(data) + tail
            return header + deciphered(self.session_key, plain + bytes(-len(plain) % BLOCK))
        return header + data + (self._mac(data) if mode is Mode.MAC and data else b"")

    def open(self, body: bytes, mode: Mode, length: int | None = None) -> bytes:
        if mode is Mode.MAC and body:
            return self._checked(body, "an answer")
        if mode is not Mode.FULL or not body:
            return body
        plain = aes.decrypt_3des(self.session_key, bytes(BLOCK), _whole(body))
        return without_checksum(plain, _NOTHING, crc16, BLOCK, length=length)

    def unseal(self, ins: int, header: int, body: bytes, mode: Mode, tail: int = 0, length: int | None = None) -> bytes:
        data = body[header:]
        if mode is Mode.MAC and data:
            return self._checked(data, "a command")
        if mode is not Mode.FULL or not data:
            return data
        return without_checksum(enciphered(self.session_key, _whole(data)), _NOTHING, crc16, BLOCK, tail, length)

    def answer(self, data: bytes, mode: Mode) -> bytes:
        if mode is Mode.MAC and data:
            return data + self._mac(data)
        if mode is not Mode.FULL or not data:
            return data
        plain = data + crc16(data)
        return aes.encrypt_3des(self.session_key, bytes(BLOCK), plain + bytes(-len(plain) % BLOCK))

    def _mac(self, data: bytes) -> bytes:
        return aes.encrypt_3des(self.session_key, bytes(BLOCK), data + bytes(-len(data) % BLOCK))[-BLOCK:][:MAC]

    def _checked(self, data: bytes, of: str) -> bytes:
        data, mac = data[:-MAC], data[-MAC:]
        if not data or self._mac(data) != mac:
            raise Malformed(f"the MAC of {of} is wrong")
        return data


def deciphered(key: bytes, data: bytes) -> bytes:
    """How the host sends: each block exclusive or'd with what went out before it, then the cipher backwards."""
    out, last = b"", bytes(BLOCK)
    for at in range(0, len(data), BLOCK):
        last = aes.decrypt_3des(key, bytes(BLOCK), aes.xor(data[at : at + BLOCK], last))
        out += last
    return out


def enciphered(key: bytes, data: bytes) -> bytes:
    """What the card makes of it: the same again."""
    blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
    before = [bytes(BLOCK), *blocks]
    return b"".join(
        aes.xor(aes.encrypt_3des(key, bytes(BLOCK), each), last) for each, last in zip(blocks, before, strict=False)
    )


def _whole(data: bytes) -> bytes:
    if len(data) % BLOCK:
        raise Malformed(f"{len(data)} enciphered bytes are no whole blocks")
    return data
