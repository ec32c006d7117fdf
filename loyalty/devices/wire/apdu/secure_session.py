"""What protects commands to MIFARE DESFire and NTAG 424 after an authentication. Both ends; no I/O.

EV1 messaging (after AA, and after 1A with DES in place of AES): one chain of CMACs and ciphers through the whole
session; libfreefare mifare_desfire_crypto.c, and CMACs of real cards (golden vectors). EV2 messaging (after 71, 77): a
counter and a transaction identifier go into each MAC; NXP AN12196 rev. 1.8 section 4. After 0A: des_session.py. The
host seals commands and opens answers, the card unseals and answers.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed

MAC = 8


class Mode(IntEnum):
    """How a file's content travels. ALWAYS: commands that are no file's, which each messaging protects its own way."""

    PLAIN, MAC, FULL, ALWAYS = 0, 1, 3, 9


class Session(Protocol):
    """key: number of the key that opened it. A refusal ends it; the card then knows nothing of it any more.

    length: bytes of data that must come, where the command says so. EV1's padding of zeros does not: of two ways to
    take data, checksum and padding apart, one in 256 contents leaves both, and only the length tells which is right.
    """

    key: int

    def seal(self, ins: int, header: bytes, data: bytes, mode: Mode, tail: bytes = b"") -> bytes:
        """What follows the instruction. tail: enciphered with the data, behind the checksum (Change Key only)."""

    def open(self, body: bytes, mode: Mode, length: int | None = None) -> bytes:
        """The data of a good answer; Malformed when it is not the card's."""

    def unseal(self, ins: int, header: int, body: bytes, mode: Mode, tail: int = 0, length: int | None = None) -> bytes:
        """The data behind `header` bytes, with the `tail` bytes; Malformed when it is not the host's."""

    def answer(self, data: bytes, mode: Mode) -> bytes: ...

    @staticmethod
    def checksum(data: bytes) -> bytes:
        """Of a new key: Change Key tells it when the key is not the session's."""


class Ev1Session:
    """session key and number of the key it was made with; cipher: AES, or DES after 1A."""

    checksum = staticmethod(aes.crc32)

    def __init__(self, session_key: bytes, key: int, cipher: aes.BlockCipher = aes.AES_CBC) -> None:
        self.session_key, self.key, self.cipher, self._chain = session_key, key, cipher, cipher.zero

    def seal(self, ins: int, header: bytes, data: bytes, mode: Mode, tail: bytes = b"") -> bytes:
        head = bytes([ins]) + header
        if mode is Mode.FULL and data:
            plain = data + aes.crc32(head + data) + tail
            return header + self._encrypt(plain + bytes(-len(plain) % self.cipher.block))
        mac = self._mac(head + data)
        return header + data + (mac if mode is Mode.MAC and data else b"")

    def open(self, body: bytes, mode: Mode, length: int | None = None) -> bytes:
        if mode is Mode.FULL and (len(body) != MAC or (length and self.cipher.block == MAC)):
            return without_checksum(self._decrypt(body), (b"", b"\0"), aes.crc32, self.cipher.block, length=length)
        if len(body) < MAC:
            raise Malformed("an answer inside a session lacks its MAC")
        data, mac = body[:-MAC], body[-MAC:]
        if self._mac(data + b"\0") != mac:
            raise Malformed("the MAC of an answer is wrong")
        return data

    def unseal(self, ins: int, header: int, body: bytes, mode: Mode, tail: int = 0, length: int | None = None) -> bytes:
        head, data = bytes([ins]) + body[:header], body[header:]
        if mode is Mode.FULL and data:
            return without_checksum(self._decrypt(data), (head, b""), aes.crc32, self.cipher.block, tail, length)
        if mode is not Mode.MAC or not data:
            self._mac(head + data)
            return data
        data, mac = data[:-MAC], data[-MAC:]
        if self._mac(head + data) != mac:
            raise Malformed("the MAC of a command is wrong")
        return data

    def answer(self, data: bytes, mode: Mode) -> bytes:
        if mode is Mode.FULL and data:
            plain = data + aes.crc32(data + b"\0")
            return self._encrypt(plain + bytes(-len(plain) % self.cipher.block))
        return data + self._mac(data + b"\0")

    def _mac(self, data: bytes) -> bytes:
        self._chain = aes.cmac(self.session_key, data, self._chain, self.cipher)
        return self._chain[:MAC]

    def _encrypt(self, data: bytes) -> bytes:
        out = self.cipher.encrypt(self.session_key, self._chain, data)
        self._chain = out[-self.cipher.block :]
        return out

    def _decrypt(self, data: bytes) -> bytes:
        if not data or len(data) % self.cipher.block:
            raise Malformed(f"{len(data)} enciphered bytes are no whole blocks")
        out = self.cipher.decrypt(self.session_key, self._chain, data)
        self._chain = data[-self.cipher.block :]
        return out


def without_checksum(
    plain: bytes,
    around: tuple[bytes, bytes],
    check: Callable[[bytes], bytes],
    block: int,
    tail: int = 0,
    length: int | None = None,
) -> bytes:
    """Data and tail, found by the checksum over what comes before, the data and what lies behind; then only padding."""
    size = len(check(b""))
    longest = len(plain) - size - tail
    ends = range(max(0, longest - block), longest + 1)  # upwards: behind the right one a CRC is zero too
    for end in ends if length is None else [each for each in ends if each == length]:
        rest = plain[end + size + tail :]
        if rest.lstrip(b"\x80").strip(b"\0") or check(around[0] + plain[:end] + around[1]) != plain[end : end + size]:
            continue
        return plain[:end] + plain[end + size : end + size + tail]
    raise Malformed("the checksum of enciphered data is wrong")


class Ev2Session:
    """transaction: the identifier that the card gave (TI). counter: commands done since the first authentication."""

    checksum = staticmethod(aes.crc32)

    def __init__(self, encryption_key: bytes, mac_key: bytes, transaction: bytes, key: int, counter: int = 0) -> None:
        self.encryption_key, self.mac_key, self.transaction = encryption_key, mac_key, transaction
        self.key, self.counter = key, counter

    def seal(self, ins: int, header: bytes, data: bytes, mode: Mode, tail: bytes = b"") -> bytes:
        if mode is Mode.PLAIN:
            return header + data
        if mode is Mode.FULL and data:
            data = aes.encrypt(self.encryption_key, self._start(b"\xa5\x5a"), aes.padded(data + tail))
        return header + data + self._mac(bytes([ins]), header + data)

    def open(self, body: bytes, mode: Mode, length: int | None = None) -> bytes:
        self.counter += 1
        if mode is Mode.PLAIN:
            return body
        data, mac = body[:-MAC], body[-MAC:]
        if self._mac(b"\0", data) != mac:
            raise Malformed("the MAC of an answer is wrong")
        return self._deciphered(data, b"\x5a\xa5") if mode is Mode.FULL and data else data

    def unseal(self, ins: int, header: int, body: bytes, mode: Mode, tail: int = 0, length: int | None = None) -> bytes:
        if mode is Mode.PLAIN:
            return body[header:]
        body, mac = body[:-MAC], body[-MAC:]
        if len(body) < header or self._mac(bytes([ins]), body) != mac:
            raise Malformed("the MAC of a command is wrong")
        data = body[header:]
        return self._deciphered(data, b"\xa5\x5a") if mode is Mode.FULL and data else data

    def answer(self, data: bytes, mode: Mode) -> bytes:
        self.counter += 1
        if mode is Mode.PLAIN:
            return data
        if mode is Mode.FULL and data:
            data = aes.encrypt(self.encryption_key, self._start(b"\x5a\xa5"), aes.padded(data))
        return data + self._mac(b"\0", data)

    def _deciphered(self, data: bytes, label: bytes) -> bytes:
        if len(data) % aes.BLOCK:
            raise Malformed(f"{len(data)} enciphered bytes are no whole blocks")
        try:
            return aes.unpadded(aes.decrypt(self.encryption_key, self._start(label), data))
        except ValueError as error:
            raise Malformed(str(error)) from error

    def _start(self, label: bytes) -> bytes:
        block = label + self.transaction + self.counter.to_bytes(2, "little") + bytes(8)
        return aes.encrypt(self.encryption_key, aes.ZERO, block)

    def _mac(self, first: bytes, data: bytes) -> bytes:
        counted = first + self.counter.to_bytes(2, "little") + self.transaction + data
        return aes.odd_bytes(aes.cmac(self.mac_key, counted))
