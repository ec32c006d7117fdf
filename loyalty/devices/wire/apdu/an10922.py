"""Keys of single cards out of one master key. NXP AN10922 rev. 2.2.

A card whose key is found out betrays that one card. What goes in (M) is what tells cards and places apart: the UID, the
application's identifier, a word of the shop's own. The CMAC runs over two blocks whatever the length of M, so the
ordinary CMAC of a short M gives another, wrong key.
"""

from loyalty.devices.wire.apdu import aes

_DES = 8


def diversified(master: bytes, uid: bytes, application: bytes = b"", shop: bytes = b"") -> bytes:
    """The AES-128 key of the card with this UID in this application; 31 bytes in all at most."""
    return aes128(master, uid + application + shop)


def aes128(master: bytes, m: bytes) -> bytes:
    """Section 2.2. master: 16 bytes; m: 1 to 31."""
    _check(master, 16, m, 31)
    return _cmac(master, b"\x01" + m)


def aes192(master: bytes, m: bytes) -> bytes:
    """Section 2.3. master: 24 bytes; m: 1 to 31."""
    _check(master, 24, m, 31)
    first, second = _cmac(master, b"\x11" + m), _cmac(master, b"\x12" + m)
    return first[:8] + aes.xor(first[8:], second[:8]) + second[8:]


def des2(master: bytes, m: bytes, version: int | None = None) -> bytes:
    """Section 2.4, two-key triple DES. master: 16 bytes; m: 1 to 15. version: see _versioned()."""
    _check(master, 16, m, 15)
    return _versioned(b"".join(_cmac_des(master, bytes([0x20 + part]) + m) for part in (1, 2)), version)


def des3(master: bytes, m: bytes, version: int | None = None) -> bytes:
    """Section 2.5, three-key triple DES. master: 24 bytes; m: 1 to 15."""
    _check(master, 24, m, 15)
    return _versioned(b"".join(_cmac_des(master, bytes([0x30 + part]) + m) for part in (1, 2, 3)), version)


def _check(master: bytes, length: int, m: bytes, longest: int) -> None:
    if len(master) != length:
        raise ValueError(f"this kind of master key has {length} bytes, not {len(master)}")
    if not 1 <= len(m) <= longest:
        raise ValueError(f"what tells the cards apart has 1 to {longest} bytes, not {len(m)}")


def _cmac(key: bytes, data: bytes) -> bytes:
    return _two_blocks(lambda start, blocks: aes.encrypt(key, start, blocks), data, aes.BLOCK)


def _cmac_des(key: bytes, data: bytes) -> bytes:
    return _two_blocks(lambda start, blocks: aes.encrypt_3des(key, start, blocks), data, _DES)


def _two_blocks(encrypt: aes.Encrypt, data: bytes, block: int) -> bytes:
    whole, filled = aes.subkeys(encrypt, block)
    mask = whole if len(data) == 2 * block else filled
    if len(data) < 2 * block:
        data = (data + b"\x80").ljust(2 * block, b"\0")
    return encrypt(bytes(block), data[:block] + aes.xor(data[block:], mask))[block:]


def _versioned(key: bytes, version: int | None) -> bytes:
    """DES does not look at the lowest bit of each byte; those of the first eight carry the key's version."""
    if version is None:
        return key
    return bytes(byte & 0xFE | version >> 7 - at & 1 for at, byte in enumerate(key[:8])) + key[8:]
