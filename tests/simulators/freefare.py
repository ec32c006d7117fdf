"""libfreefare spoken to by ctypes: a judge of our DESFire who ciphers by himself. Its own program:
`freefare DEVICE aes|iso|iso3|d40`, after the authentication and the kind of the keys.

Prints one line of JSON: name of the step -> what the library returned. Run by test_nfc_tools.
"""

import ctypes as c
import json
import sys
from dataclasses import dataclass
from typing import Any

APPLICATION = 0xF48120
SIZE = 100


@dataclass(frozen=True)
class Way:
    """A key's size, the library's name for its kind, and for the authentication."""

    size: int
    kind: str
    authenticate: str

    @property
    def keys(self) -> list[bytes]:
        """Of the application; halves unlike, for DES too."""
        return [bytes(16 * number + at for at in range(self.size)) for number in range(3)]

    def key(self, ff: Any, value: bytes, version: int = 0) -> c.c_void_p:
        more = (version,) if self.kind == "aes" else ()
        return c.c_void_p(getattr(ff, f"mifare_desfire_{self.kind}_key_new_with_version")(value, *more))

    def open(self, ff: Any, tag: Any, number: int, value: bytes, version: int = 0) -> int:
        return int(getattr(ff, f"mifare_desfire_{self.authenticate}")(tag, number, self.key(ff, value, version)))


WAYS = {
    "aes": Way(16, "aes", "authenticate_aes"), "iso": Way(16, "3des", "authenticate_iso"),
    "iso3": Way(24, "3k3des", "authenticate_iso"), "d40": Way(16, "3des", "authenticate"),
}  # fmt: skip


def library(name: str) -> Any:
    found = c.CDLL(name)
    makers = [f"mifare_desfire_{kind}_key_new_with_version" for kind in ("aes", "des", "3des", "3k3des")]
    for each in ("nfc_open", "mifare_desfire_aid_new", *makers):
        if hasattr(found, each):
            getattr(found, each).restype = c.c_void_p
    return found


def connected(nfc: Any, ff: Any, device: str) -> c.c_void_p:
    context = c.c_void_p()
    nfc.nfc_init(c.byref(context))
    ff.freefare_get_tags.restype = c.POINTER(c.c_void_p)
    tags = ff.freefare_get_tags(c.c_void_p(nfc.nfc_open(context, device.encode())))
    return c.c_void_p(tags[0])


def files(ff: Any, tag: Any, said: dict[str, Any]) -> None:
    """0, 1, 2: plain, MAC, enciphered; more than one frame each."""
    content, buffer = bytes(range(SIZE)), c.create_string_buffer(2 * SIZE)
    for file in range(3):
        said[f"write {file}"] = ff.mifare_desfire_write_data(tag, file, c.c_long(0), c.c_size_t(SIZE), content)
        said[f"read {file}"] = ff.mifare_desfire_read_data(tag, file, c.c_long(0), c.c_size_t(SIZE), buffer)
        said[f"same {file}"] = buffer.raw[:SIZE] == content
        said[f"part {file}"] = ff.mifare_desfire_read_data(tag, file, c.c_long(5), c.c_size_t(3), buffer)


def values(ff: Any, tag: Any, said: dict[str, Any]) -> None:
    """3 and 4: enciphered, MAC. 500, less 20, plus 5 given back and 7 added."""
    for file in (3, 4):
        value = c.c_int32()
        steps = [
            ff.mifare_desfire_debit(tag, file, 20), ff.mifare_desfire_commit_transaction(tag),
            ff.mifare_desfire_limited_credit(tag, file, 5), ff.mifare_desfire_credit(tag, file, 7),
            ff.mifare_desfire_commit_transaction(tag), ff.mifare_desfire_debit(tag, file, 100),
            ff.mifare_desfire_abort_transaction(tag), ff.mifare_desfire_get_value(tag, file, c.byref(value)),
        ]  # fmt: skip
        said[f"value {file}"] = [*steps, value.value]


def records(ff: Any, tag: Any, said: dict[str, Any]) -> None:
    """10 to 15: cyclic and linear, in each mode. Six stamps into a cyclic file that holds four, then all cleared."""
    buffer = c.create_string_buffer(200)
    make = (ff.mifare_desfire_create_cyclic_record_file, ff.mifare_desfire_create_linear_record_file)
    for at, mode in enumerate((0, 1, 3)):
        for linear in (0, 1):
            file, told = 10 + 2 * at + linear, []
            told.append(make[linear](tag, file, mode, c.c_uint16(0x1110), c.c_uint32(20), c.c_uint32(5 + linear)))
            for stamp in range(6):
                text = b"visit %014d" % stamp
                told.append(ff.mifare_desfire_write_record(tag, file, c.c_long(0), c.c_size_t(20), text))
                told.append(ff.mifare_desfire_commit_transaction(tag))
            told.append(ff.mifare_desfire_read_records(tag, file, c.c_long(0), c.c_size_t(1), buffer))
            told.append(buffer.raw[:20].decode())
            told.append(ff.mifare_desfire_read_records(tag, file, c.c_long(0), c.c_size_t(0), buffer))
            told.append(ff.mifare_desfire_clear_record_file(tag, file))
            told.append(ff.mifare_desfire_commit_transaction(tag))
            said[f"records {file}"] = told


def keys(ff: Any, tag: Any, way: Way, said: dict[str, Any]) -> None:
    uid, new, old = c.c_char_p(), bytes(range(100, 100 + way.size)), way.keys
    said["uid"] = [ff.mifare_desfire_get_card_uid(tag, c.byref(uid)), (uid.value or b"").decode()]
    said["master"] = way.open(ff, tag, 0, old[0])
    said["other key"] = ff.mifare_desfire_change_key(tag, 1, way.key(ff, new, 5), way.key(ff, old[1]))
    said["own key"] = ff.mifare_desfire_change_key(tag, 0, way.key(ff, new, 5), None)
    said["new keys"] = [way.open(ff, tag, number, new, 5) for number in (1, 0)]
    said["old key"] = way.open(ff, tag, 1, old[1])


def card_key(ff: Any, tag: Any, said: dict[str, Any]) -> None:
    """The card's own, as delivered for DES, becomes one for three keys, then one for AES."""
    nobody, first, second, third = c.c_void_p(None), bytes(8), bytes(range(24)), bytes(range(16))
    des, three, aes = Way(8, "des", "authenticate"), WAYS["iso3"], WAYS["aes"]
    said["card key"] = [
        ff.mifare_desfire_select_application(tag, nobody), des.open(ff, tag, 0, first),
        ff.mifare_desfire_change_key(tag, 0, three.key(ff, second), None), three.open(ff, tag, 0, second),
        ff.mifare_desfire_change_key(tag, 0, aes.key(ff, third, 7), None), aes.open(ff, tag, 0, third),
    ]  # fmt: skip


def main(device: str, name: str) -> None:
    nfc, ff, way = library("libnfc.so.6"), library("libfreefare.so.0"), WAYS[name]
    tag, said = connected(nfc, ff, device), dict[str, Any]()
    said["connect"] = ff.mifare_desfire_connect(tag)
    application = c.c_void_p(ff.mifare_desfire_aid_new(APPLICATION))
    said["select"] = ff.mifare_desfire_select_application(tag, application)
    said["authenticate"] = way.open(ff, tag, 1, way.keys[1])
    files(ff, tag, said)
    values(ff, tag, said)
    records(ff, tag, said)
    keys(ff, tag, way, said)
    card_key(ff, tag, said)
    ff.mifare_desfire_disconnect(tag)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
