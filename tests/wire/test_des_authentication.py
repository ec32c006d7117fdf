"""DESFire's oldest authentication: a conversation that libfreefare took for a card's, both kinds of keys, damage."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import aes
from loyalty.devices.wire.apdu.des_authentication import DesCard, DesSession, crc16
from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Mode

GOLDEN = json.loads((Path(__file__).parent / "golden" / "des_authentication.json").read_text("utf-8"))
ZERO = bytes(8)
blocks = st.binary(min_size=8, max_size=8)
keys = st.one_of(blocks, st.binary(min_size=16, max_size=16))


def deciphered(key, data):
    """What the host does with each block on its way out: the block before, then the cipher backwards."""
    out, last = b"", ZERO
    for at in range(0, len(data), 8):
        last = aes.decrypt_3des(key, ZERO, aes.xor(data[at : at + 8], last))
        out += last
    return out


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_a_conversation_of_libfreefare(row):
    key, challenge, token, proof, sealed = (
        bytes.fromhex(row[name]) for name in ("key", "challenge", "token", "proof", "sealed")
    )
    card = DesCard(0, key, aes.decrypt_3des(key, ZERO, challenge))
    assert card.challenge == challenge
    answer, session = card.prove(token)
    assert answer == proof
    assert session.unseal(0x54, 0, sealed, Mode.FULL).hex() == row["settings"]


def test_the_checksum_is_that_of_iso_14443():
    assert crc16(bytes.fromhex("0000")).hex() == "a01e"  # ISO/IEC 14443-3 annex B, first example
    assert crc16(bytes.fromhex("1234")).hex() == "26cf"  # and its second


@given(keys, blocks, blocks)
def test_who_has_the_key_gets_in_and_both_have_the_same_session(key, rnd_a, rnd_b):
    card = DesCard(3, key, rnd_b)
    assert aes.decrypt_3des(key, ZERO, card.challenge) == rnd_b
    proof, session = card.prove(deciphered(key, rnd_a + aes.turned(rnd_b)))
    assert aes.decrypt_3des(key, ZERO, proof) == aes.turned(rnd_a) and session.key == 3
    single = key[:8] == key[-8:]
    assert session.session_key == rnd_a[:4] + rnd_b[:4] + (b"" if single else rnd_a[4:] + rnd_b[4:])


@given(keys, st.binary(min_size=16, max_size=16), blocks)
def test_who_has_not_does_not(key, token, rnd_b):
    with pytest.raises(Malformed, match="does not have this key"):
        DesCard(0, key, rnd_b).prove(token)


@given(blocks, st.binary(min_size=1, max_size=30), st.integers(0, 500))
def test_what_is_enciphered_comes_out_or_is_refused(key, data, at):
    session = DesSession(key, 0)
    plain = data + crc16(data)
    sealed = bytearray(deciphered(key, plain + bytes(-len(plain) % 8)))
    assert session.unseal(0x5C, 1, b"\0" + sealed, Mode.FULL, length=len(data)) == data
    sealed[at % len(sealed)] ^= 1 << at % 8
    with pytest.raises(Malformed, match="checksum"):
        session.unseal(0x5C, 0, bytes(sealed), Mode.FULL, length=len(data))


def test_what_a_des_session_does_not_speak_is_said():
    session = DesSession(ZERO, 0)
    with pytest.raises(Malformed, match="not spoken"):
        session.unseal(0xBD, 7, bytes(20), Mode.MAC)
    with pytest.raises(Malformed, match="whole blocks"):
        session.unseal(0x54, 0, bytes(7), Mode.FULL)
    with pytest.raises(Malformed, match="16 bytes"):
        DesCard(0, ZERO, ZERO).prove(bytes(15))
