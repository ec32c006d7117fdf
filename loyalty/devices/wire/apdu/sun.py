"""What an NTAG 424 says about itself in the address it shows (SUN, secure dynamic messaging): UID, counter, MAC.

NXP AN12196 rev. 1.8 sections 3.3 to 3.4. The chip counts each reading and makes a MAC with its own key, so an address
is good once: whoever checks it keeps the highest counter of each UID and takes nothing that is not higher. Which part
of the address the MAC covers is the owner's choice when the tag is set up. The counter stands low byte first in what is
enciphered, high byte first where it is shown in clear.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.exchange import Malformed

_WITH_UID, _WITH_COUNTER = 0x80, 0x40
PICC_LETTERS, MAC_LETTERS, UID_LETTERS, COUNTER_LETTERS = 32, 16, 14, 6


@dataclass(frozen=True)
class Shown:
    """uid, counter: None where the tag does not show them. content: the part of the file that was enciphered."""

    uid: bytes | None
    counter: int | None
    content: bytes = b""


@dataclass(frozen=True)
class Layout:
    """Names of the parameters in the address. mac_from: the one at whose value the MAC begins; None: it covers nothing.

    picc holds UID and counter enciphered; else uid and counter hold them in clear.
    """

    mac: str = "cmac"
    picc: str | None = "picc_data"
    uid: str = "uid"
    counter: str = "ctr"
    content: str | None = None
    mac_from: str | None = None


def verify(
    address: str, layout: Layout, meta_key: bytes, file_key: bytes | Callable[[bytes | None], bytes]
) -> Shown:  # fmt: skip
    """What the tag showed; Malformed when the address is none of this layout or the MAC is not the tag's.

    file_key: 16 bytes, or what makes the key of the tag with this UID. The counter is not judged here: is_newer().
    """
    if layout.picc:
        shown = opened(meta_key, _hexadecimal(address, layout.picc, PICC_LETTERS)[1])
    else:
        uid = _hexadecimal(address, layout.uid, UID_LETTERS)[1]
        shown = Shown(uid, int.from_bytes(_hexadecimal(address, layout.counter, COUNTER_LETTERS)[1], "big"))
    key = file_key if isinstance(file_key, bytes) else file_key(shown.uid)
    mac_at, mac = _hexadecimal(address, layout.mac, MAC_LETTERS)
    covered_from = _hexadecimal(address, layout.mac_from)[0] if layout.mac_from else mac_at
    if not hmac.compare_digest(made_mac(key, shown, address[covered_from:mac_at].encode()), mac):
        raise Malformed("the MAC in the address is not the tag's")
    if layout.content:
        return Shown(shown.uid, shown.counter, opened_content(key, shown, _hexadecimal(address, layout.content)[1]))
    return shown


def is_newer(shown: Shown, last: int | None) -> bool:
    """Has the counter moved on? False means that the address was used before, here or elsewhere."""
    return shown.counter is not None and (last is None or shown.counter > last)


def opened(meta_key: bytes, picc_data: bytes) -> Shown:
    """UID and counter out of their cipher; Malformed when the key is another, as far as that shows."""
    if len(picc_data) != aes.BLOCK:
        raise Malformed(f"UID and counter are enciphered in 16 bytes, not {len(picc_data)}")
    plain = aes.decrypt(meta_key, aes.ZERO, picc_data)
    tag, at = plain[0], 1
    if tag & 0x38 or not tag & (_WITH_UID | _WITH_COUNTER) or (tag & 0x0F) != 7 * bool(tag & _WITH_UID):
        raise Malformed("UID and counter cannot be deciphered with this key")
    uid = plain[at : (at := at + 7)] if tag & _WITH_UID else None
    counter = int.from_bytes(plain[at : at + 3], "little") if tag & _WITH_COUNTER else None
    return Shown(uid, counter)


def closed(meta_key: bytes, shown: Shown, filling: bytes) -> bytes:
    """The chip's side of opened(). filling: random bytes, of which as many are taken as are needed."""
    tag = (_WITH_UID | 7 if shown.uid else 0) | (_WITH_COUNTER if shown.counter is not None else 0)
    plain = bytes([tag]) + _named(shown)
    return aes.encrypt(meta_key, aes.ZERO, (plain + filling)[: aes.BLOCK].ljust(aes.BLOCK, b"\0"))


def made_mac(file_key: bytes, shown: Shown, covered: bytes) -> bytes:
    """The 8 bytes over the covered letters."""
    return aes.odd_bytes(aes.cmac(_session(file_key, b"\x3c\xc3", shown), covered))


def opened_content(file_key: bytes, shown: Shown, enciphered: bytes) -> bytes:
    if not enciphered or len(enciphered) % aes.BLOCK:
        raise Malformed(f"{len(enciphered)} enciphered bytes are no whole blocks")
    key = _session(file_key, b"\xc3\x3c", shown)
    return aes.decrypt(key, _start(key, shown), enciphered)


def closed_content(file_key: bytes, shown: Shown, content: bytes) -> bytes:
    """The chip's side; content: whole blocks of 16."""
    key = _session(file_key, b"\xc3\x3c", shown)
    return aes.encrypt(key, _start(key, shown), content)


def _start(key: bytes, shown: Shown) -> bytes:
    return aes.encrypt(key, aes.ZERO, (shown.counter or 0).to_bytes(3, "little").ljust(aes.BLOCK, b"\0"))


def _session(file_key: bytes, label: bytes, shown: Shown) -> bytes:
    vector = label + b"\x00\x01\x00\x80" + _named(shown)
    return aes.cmac(file_key, vector + bytes(-len(vector) % aes.BLOCK))


def _named(shown: Shown) -> bytes:
    return (shown.uid or b"") + (b"" if shown.counter is None else shown.counter.to_bytes(3, "little"))


def _hexadecimal(address: str, name: str, letters: int | None = None) -> tuple[int, bytes]:
    """Where a parameter's value begins, and the value; Malformed when it is not there or is no hex."""
    found = re.search(rf"[?&]{re.escape(name)}=((?:[0-9A-Fa-f]{{2}})+)(?=[&#]|$)", address)
    if found is None or (letters and len(found[1]) != letters):
        raise Malformed(f"the address has no {name} of {letters or 'some'} hexadecimal letters")
    return found.start(1), bytes.fromhex(found[1])
