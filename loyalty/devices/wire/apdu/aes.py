"""AES and DES as NXP's cards use them: CBC, CMAC whose chaining value goes on from message to message, CRC-32.

Sources: NIST SP 800-38A (CBC), 800-38B (CMAC). MIFARE DESFire EV1 begins each CMAC where the last cipher ended, which
ready-made CMACs cannot; with the start value zero it is the standard's.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 16
ZERO = bytes(BLOCK)
Encrypt = Callable[[bytes, bytes], bytes]
"""(start value, whole blocks) -> as many bytes; the last block is the next start value."""


def encrypt(key: bytes, start: bytes, data: bytes) -> bytes:
    """AES-CBC without padding; `data` is whole blocks of 16."""
    return _run(Cipher(AES(key), CBC(start)).encryptor(), data)


def decrypt(key: bytes, start: bytes, data: bytes) -> bytes:
    return _run(Cipher(AES(key), CBC(start)).decryptor(), data)


def encrypt_3des(key: bytes, start: bytes, data: bytes) -> bytes:
    """Triple DES in CBC; a key of 8 bytes is single DES, one of 16 is used as A B A."""
    return _run(Cipher(TripleDES(_three(key)), CBC(start)).encryptor(), data)


def decrypt_3des(key: bytes, start: bytes, data: bytes) -> bytes:
    return _run(Cipher(TripleDES(_three(key)), CBC(start)).decryptor(), data)


@dataclass(frozen=True)
class BlockCipher:
    """A cipher in CBC: (key, start value, whole blocks of `block` bytes) -> as many bytes."""

    block: int
    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes]

    @property
    def zero(self) -> bytes:
        return bytes(self.block)


AES_CBC, DES_CBC = BlockCipher(BLOCK, encrypt, decrypt), BlockCipher(8, encrypt_3des, decrypt_3des)
"""DES_CBC: single DES with a key of 8 bytes, triple with 16 and 24."""


def _run(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()


def _three(key: bytes) -> bytes:
    return key * 3 if len(key) == 8 else key + key[:8] if len(key) == 16 else key


def padded(data: bytes, block: int = BLOCK) -> bytes:
    """80, then zeros up to a whole block (ISO/IEC 9797-1 method 2): always at least the 80."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpadded(data: bytes) -> bytes:
    """ValueError when there is no 80 in front of the zeros at the end."""
    content = data.rstrip(b"\0")
    if content[-1:] != b"\x80":
        raise ValueError("the padding is wrong")
    return content[:-1]


def subkeys(encrypt_blocks: Encrypt, block: int = BLOCK) -> tuple[bytes, bytes]:
    """K1 for whole last blocks and K2 for padded ones. NIST SP 800-38B section 6.1."""
    first = _doubled(encrypt_blocks(bytes(block), bytes(block)))
    return first, _doubled(first)


def _doubled(block: bytes) -> bytes:
    bits, reducing = len(block) * 8, 0x87 if len(block) == BLOCK else 0x1B
    value = int.from_bytes(block, "big") << 1
    if value >> bits:
        value = value & (1 << bits) - 1 ^ reducing
    return value.to_bytes(len(block), "big")


def cmac(key: bytes, data: bytes, start: bytes = ZERO, cipher: BlockCipher = AES_CBC) -> bytes:
    """A whole block. start: where the chain stands, a block too; zero for the standard's CMAC."""
    block = cipher.block
    whole, filled = subkeys(lambda at, blocks: cipher.encrypt(key, at, blocks), block)
    mask, data = (whole, data) if data and len(data) % block == 0 else (filled, padded(data, block))
    return cipher.encrypt(key, start, data[:-block] + xor(data[-block:], mask))[-block:]


def odd_bytes(mac: bytes) -> bytes:
    """8 of 16 bytes, the second, fourth, …: how EV2 messaging and NTAG 424 shorten a CMAC (AN12196 section 4.2.2)."""
    return mac[1::2]


def xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def turned(block: bytes) -> bytes:
    """The first byte goes to the end."""
    return block[1:] + block[:1]


def crc32(data: bytes) -> bytes:
    """4 bytes, low byte first, not inverted at the end (libfreefare mifare_desfire_crypto.c)."""
    return (zlib.crc32(data) ^ 0xFFFFFFFF).to_bytes(4, "little")
