"""DESFire with keys for DES, by its oldest authentication (0A) and by 1A: recorded sessions, kinds of keys, damage."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import aes, desfire, desfire_data, desfire_keys
from loyalty.devices.wire.apdu.authentication import Way, card_for, host_for
from loyalty.devices.wire.apdu.des_authentication import DesCard, DesHost
from loyalty.devices.wire.apdu.des_session import DesSession, crc16, deciphered
from loyalty.devices.wire.apdu.desfire_keys import KeyKind
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Ev1Session, Mode

GOLDEN = json.loads((Path(__file__).parent / "golden" / "des_authentication.json").read_text("utf-8"))
ZERO = bytes(8)
blocks = st.binary(min_size=8, max_size=8)
keys = st.one_of(blocks, st.binary(min_size=16, max_size=16))
modes = st.sampled_from([Mode.PLAIN, Mode.MAC, Mode.FULL])


def random_of_host(way, key, challenge, token):
    """What the host drew, found out of what it sent."""
    if way is Way.D40:
        return aes.encrypt_3des(key, ZERO, token[:8])
    return aes.decrypt_3des(key, challenge[-8:], token)[: len(challenge)]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_a_recorded_session_byte_by_byte(row):
    way, number = Way(int(row["way"], 16)), row["number"]
    key, challenge, token = (bytes.fromhex(row[name]) for name in ("key", "challenge", "token"))
    host = host_for(way, number, key, random_of_host(way, key, challenge, token))
    assert host.token(challenge) == token
    session = host.finish(bytes.fromhex(row["proof"]))
    card = card_for(way, number, key, aes.decrypt_3des(key, ZERO, challenge), b"")
    proof, other = card.prove(token)
    assert (card.challenge, proof.hex()) == (challenge, row["proof"])
    for ins, mode, sealed, answer in row["exchanges"]:
        follows(session, other, int(ins, 16), Mode(mode), bytes.fromhex(sealed), bytes.fromhex(answer))


def follows(host, card, ins, mode, sealed, answer):
    """Both ends come to the same bytes as the recording."""
    head = desfire_data.BY_INSTRUCTION[ins].head
    foreign = ins == desfire.ChangeKey.ins and sealed[0] & 0x0F != host.key
    tail = len(card.checksum(b"")) * foreign
    data = card.unseal(ins, head, sealed, mode, tail)
    assert host.seal(ins, sealed[:head], data[: len(data) - tail], mode, data[len(data) - tail :]) == sealed
    if ins == desfire.ChangeKey.ins and not foreign:
        return  # its own key: the session ended with it
    length = 4 if ins == desfire_data.GetValue.ins else None
    opened = host.open(answer, mode, length)
    assert card.answer(opened, mode) == answer


def test_the_checksum_is_that_of_iso_14443():
    assert crc16(bytes.fromhex("0000")).hex() == "a01e"  # ISO/IEC 14443-3 annex B, first example
    assert crc16(bytes.fromhex("1234")).hex() == "26cf"  # and its second


@given(keys, blocks, blocks)
def test_who_has_the_key_gets_in_and_both_have_the_same_session(key, rnd_a, rnd_b):
    card, host = DesCard(3, key, rnd_b), DesHost(3, key, rnd_a)
    assert host.begin() == b"\3"
    proof, session = card.prove(host.token(card.challenge))
    assert host.finish(proof).session_key == session.session_key and session.key == 3
    single = key[:8] == key[-8:]
    assert session.session_key == rnd_a[:4] + rnd_b[:4] + (b"" if single else rnd_a[4:] + rnd_b[4:])


@given(keys, st.binary(min_size=16, max_size=16), blocks)
def test_who_has_not_does_not(key, token, rnd_b):
    with pytest.raises(Malformed, match="does not have this key"):
        DesCard(0, key, rnd_b).prove(token)
    host = DesHost(0, key, rnd_b)
    host.token(token[:8])
    for proof, why in ((token[:8], "does not have this key"), (token, "8 bytes")):
        with pytest.raises(Malformed, match=why):
            host.finish(proof)


def pair(kind, key):
    make = {"D40": lambda: DesSession(key, 0), "1A": lambda: Ev1Session(key, 0, aes.DES_CBC)}[kind]
    return make(), make()


@given(st.sampled_from(["D40", "1A"]), keys, modes, st.binary(min_size=1, max_size=30), st.integers(0, 500))
def test_what_is_sealed_comes_out_or_is_refused(kind, key, mode, data, at):
    host, card = pair(kind, key)
    sealed = host.seal(0x3D, b"headers", data, mode)
    assert card.unseal(0x3D, 7, sealed, mode, 0, len(data)) == data
    back = card.answer(data, mode)
    assert host.open(back, mode, len(data)) == data
    if kind == "D40" and mode is Mode.PLAIN:
        return
    host, card = pair(kind, key)
    card.unseal(0x3D, 7, host.seal(0x3D, b"headers", data, mode), mode, 0, len(data))
    bent = bytearray(card.answer(data, mode))
    bent[at % len(bent)] ^= 1 << at % 8
    with pytest.raises(Malformed):
        host.open(bytes(bent), mode, len(data))
    if mode is Mode.PLAIN:
        return
    host, card = pair(kind, key)
    bent = bytearray(host.seal(0x3D, b"headers", data, mode))
    bent[7 + at % (len(bent) - 7)] ^= 1 << at % 8
    with pytest.raises(Malformed):
        card.unseal(0x3D, 7, bytes(bent), mode, 0, len(data))


def test_what_breaks_off_is_said():
    session = DesSession(ZERO, 0)
    for mode, body in ((Mode.FULL, bytes(7)), (Mode.MAC, bytes(4))):
        with pytest.raises(Malformed, match=r"whole blocks|MAC"):
            session.unseal(0x54, 0, body, mode)
        with pytest.raises(Malformed, match=r"whole blocks|MAC"):
            session.open(body, mode)
    for size, of in ((15, DesCard(0, ZERO, ZERO).prove), (9, DesHost(0, ZERO, ZERO).token)):
        with pytest.raises(Malformed, match=f"not {size}"):
            of(bytes(size))


def test_padding_may_begin_with_80():  # what cards put behind data of which no length was asked; libfreefare takes both
    session = DesSession(ZERO, 0)
    plain = b"data" + crc16(b"data") + b"\x80\0"
    assert session.open(aes.encrypt_3des(ZERO, ZERO, plain), Mode.FULL) == b"data"
    assert session.unseal(0x54, 0, deciphered(ZERO, plain), Mode.FULL) == b"data"


def test_where_the_version_of_a_des_key_lies():
    key = bytes.fromhex("00102031405060708090a0b0b0a09080")  # version 10, as the real card of the golden vectors says
    assert desfire_keys.version_of(key) == 0x10
    assert desfire_keys.with_version(key, 0xA5)[8:] == key[8:]
    single = desfire_keys.with_version(desfire_keys.whole(bytes(8)), 0xFF)
    assert single[:8] == single[8:] == b"\1" * 8 and desfire_keys.version_of(single) == 0xFF
    assert [KeyKind.of(flags) for flags in (0x02, 0x42, 0x82, 0xC2)] == [*KeyKind, None]
