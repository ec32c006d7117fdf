"""How an NTAG 424 is told which address to show: the NDEF file, and where in it the chip writes. AN12196 section 3.

https://example.org/c?picc_data={picc}&cmac={mac}        UID and counter enciphered, a MAC
https://example.org/c?uid={uid}&ctr={counter}&cmac={mac} in clear; everybody can follow the card by its UID
"""

import re

from loyalty.devices.wire.apdu import ndef_message, sun
from loyalty.devices.wire.apdu.file_settings import FREE, Mirror

_LETTERS = {
    "picc": sun.PICC_LETTERS, "mac": sun.MAC_LETTERS, "uid": sun.UID_LETTERS, "counter": sun.COUNTER_LETTERS,
}  # fmt: skip
_PLACE = re.compile(r"([\w.-]+)=\{(\w+)\}")


def prepared(address: str, meta_key: int, file_key: int, counter_key: int) -> tuple[bytes, Mirror, sun.Layout]:
    """The file's content, the settings that go with it, and how such an address is verified.

    meta_key, file_key, counter_key: numbers of keys on the tag. ValueError for an address without its places.
    """
    names = {place: name for name, place in _PLACE.findall(address)}
    wanted = {"picc", "mac"} if "picc" in names else {"uid", "counter", "mac"}
    if set(names) != wanted or len(_PLACE.findall(address)) != len(wanted) or not address.rstrip().endswith("{mac}"):
        raise ValueError("an address holds {picc} or {uid} and {counter}, and ends with {mac}, each as name={…}")
    marked = {place: chr(ord("A") + number) * _LETTERS[place] for number, place in enumerate(sorted(names))}
    message = ndef_message.encode((ndef_message.Uri(address.format(**marked)),))
    content = len(message).to_bytes(2, "big") + message
    at = {place: content.index(letters.encode()) for place, letters in marked.items()}
    for place, letters in marked.items():
        content = content.replace(letters.encode(), b"0" * _LETTERS[place])
    mirror = Mirror(
        meta_key if "picc" in names else FREE, file_key, counter_key, at.get("uid"), at.get("counter"), at.get("picc"),
        mac_from=at["mac"], mac_at=at["mac"],
    )  # fmt: skip
    layout = sun.Layout(names["mac"], names.get("picc"), names.get("uid", "uid"), names.get("counter", "ctr"))
    return content, mirror, layout
