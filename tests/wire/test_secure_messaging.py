"""What protects commands to DESFire and NTAG 424, against application notes, a real card and another library."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import Malformed, aes, an10922, desfire, desfire_data, ntag424
from loyalty.devices.wire.apdu.authentication import Card, Host, Way
from loyalty.devices.wire.apdu.exchange import Command
from loyalty.devices.wire.apdu.secure_session import Ev1Session, Ev2Session, Mode

hexed = bytes.fromhex
GOLDEN = Path(__file__).parent / "golden"
MESSAGES = json.loads((GOLDEN / "secure_cards.json").read_text("utf-8"))
CHAINS = json.loads((GOLDEN / "ev1_messaging.json").read_text("utf-8"))
ISO = {
    "select NDEF application": ntag424.select_name(ntag424.NDEF_APPLICATION), "read binary": ntag424.read_binary(0, 15),
    "select container": ntag424.select_file(0xE103), "update binary": ntag424.update_binary(0, bytes(2)),
}  # fmt: skip
TABLES = {"desfire": desfire_data.BY_INSTRUCTION, "ntag424": ntag424.BY_INSTRUCTION}
ZERO = bytes(16)


def ev2(transaction, encryption, mac, counter=0):
    return Ev2Session(hexed(encryption), hexed(mac), hexed(transaction), 0, counter)


def named(rows):
    return pytest.mark.parametrize("row", rows, ids=[f"{row['layer']}: {row['name']}" for row in rows])


# Messages.


@named([row for row in MESSAGES if row["layer"] in TABLES])
def test_messages_of_the_cards(row):
    command = Command.parse(hexed(row["hex"]))
    message = TABLES[row["layer"]][command.ins].parse(command.data)
    assert desfire.framed(message.ins, message.body()) == command or not command.data
    assert desfire.framed(message.ins, b"".join(message.parts)).encoded().hex() == row["hex"]


@named([row for row in MESSAGES if row["layer"] == "iso"])
def test_messages_of_iso_7816(row):
    assert ISO[row["name"]].encoded().hex() == row["hex"]


@pytest.mark.parametrize("layer", TABLES)
def test_every_message_of_a_card_has_its_vector(layer):
    named = {int(row["hex"][2:4], 16) for row in MESSAGES}
    assert set(TABLES[layer]) <= named


@given(st.integers(0, 255), st.binary(max_size=40))
def test_no_bytes_break_a_message(ins, body):
    for table in TABLES.values():
        if ins in table:
            with contextlib.suppress(Malformed):
                assert table[ins].parse(body).body() == body


# The ciphers.


@pytest.mark.parametrize(
    ("message", "mac"),
    [
        ("", "bb1d6929e95937287fa37d129b756746"),
        ("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
         "dfa66747de9ae63030ca32611497c827"),
        ("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17"
         "ad2b417be66c3710", "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)  # fmt: skip
def test_cmac(message, mac):  # NIST SP 800-38B appendix D.1
    assert aes.cmac(hexed("2b7e151628aed2a6abf7158809cf4f3c"), hexed(message)).hex() == mac


def test_the_checksum_of_a_key():  # AN12196 rev. 1.8 table 26
    assert aes.crc32(hexed("F3847D627727ED3BC9C4CC050489B966")).hex() == "789dfadc"


MASTER, M = hexed("00112233445566778899aabbccddeeff"), hexed("04782e21801d803042f54e585020416275")


@pytest.mark.parametrize(
    ("made", "key"),
    [  # NXP AN10922 rev. 2.2 sections 2.2.1 to 2.5.1
        (an10922.aes128(MASTER, M), "a8dd63a3b89d54b37ca802473fda9175"),
        (an10922.aes192(MASTER + hexed("0102030405060708"), M), "ce39c8e1cd82d9a7bedbe9d74af59b23176755ee7586e12c"),
        (an10922.des2(MASTER, M[:15], 0x55), "16f9587d9e8910c96b9648d006107dd7"),
        (an10922.des3(MASTER + hexed("0102030405060708"), M[:13], 0x55),
         "2e0dd03774d3fa9b5705ab0bda91ca0b55b8e07fcdbf10ec"),
        (an10922.diversified(MASTER, M[:7], M[7:10], M[10:]), "a8dd63a3b89d54b37ca802473fda9175"),
    ],
)  # fmt: skip
def test_keys_of_single_cards(made, key):
    assert made.hex() == key


def test_a_short_name_makes_no_ordinary_cmac():
    assert an10922.aes128(MASTER, b"\x04") != aes.cmac(MASTER, b"\x01\x04")
    for master, m in ((MASTER[:8], M), (MASTER, b""), (MASTER, bytes(32))):
        with pytest.raises(ValueError):
            an10922.aes128(master, m)


# Sessions of EV2 and NTAG 424: AN12196 rev. 1.8, the tables named.


def test_the_first_authentication():  # table 14
    host = Host(Way.EV2_FIRST, 0, ZERO, hexed("13C5DB8A5930439FC3DEF9A4C675360F"))
    assert desfire.framed(host.way, host.begin()).encoded().hex() == "9071000002000000"
    token = host.token(hexed("A04C124213C186F22399D33AC2A30215"))
    assert token.hex() == "35c3e05a752e0144bac0de51c1f22c56b34408a23d8aea266cab947ea8e0118d"
    session = host.finish(hexed("3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F08120663"))
    assert session.transaction.hex() == "9d00c4df"
    assert session.encryption_key.hex() == "1309c877509e5a215007ff0ed19ca564"
    assert session.mac_key.hex() == "4c6626f5e72ea694202139295c7a7fc7"
    again = Host(Way.EV2_AGAIN, 0, ZERO, hexed("60BE759EDA560250AC57CDDC11743CF6"), session)  # section 6.16
    assert again.begin() == b"\0"
    assert again.token(hexed("A6A2B3C572D06C097BB8DB70463E22DC")).hex().startswith("be7d45753f2cab85f34bc60ce58b9407")
    next_session = again.finish(hexed("B888349C24B315EAB5B589E279C8263E"))
    assert next_session.transaction == session.transaction
    assert next_session.encryption_key.hex() == "4cf3cb41a22583a61e89b158d252fc53"
    assert next_session.mac_key.hex() == "5529860b2fc5fb6154b7f28361d30bf9"


@pytest.mark.parametrize(
    ("session", "ins", "header", "data", "mode", "sealed", "answer", "opened"),
    [
        (ev2("7A21085E", "00" * 16, "8248134A386E86EB7FAF54A52E536CB6"), 0xF5, "02", "", Mode.ALWAYS,
         "026597a457c8cd442c", "0040EEEE000100D1FE001F00004400004400002000006A00002A474282E7A47986",
         "0040eeee000100d1fe001f00004400004400002000006a0000"),  # table 8
        (ev2("7614281A", "7A93D6571E4B180FCA6AC90C9A7488D4", "FC4AF159B62E549B5812394CAB1918CC"), 0x8D,
         "030000000a0000", "0102030405060708090a", Mode.FULL,
         "030000000a00006b5e6804909962fc4e3ff5522cf0f8436c0c53315b9c73aa", "C26D236E4A7C046D", ""),  # section 6.12
        (ev2("DF055522", "2B4D963C014DC36F24F69A50A394F875", "379D32130CE61705DD5FD8C36B95D764"), 0x51, "", "",
         Mode.FULL, "8e2c155adda99be3", "70756055688505B52A5E26E59E329CD6595F672298EA41B7", "04958caa5c5e80"),
        (ev2("9D00C4DF", "1309C877509E5A215007FF0ED19CA564", "4C6626F5E72EA694202139295C7A7FC7", 1), 0x5F, "02",
         "4000E0C1F121200000430000430000", Mode.FULL, "0261b6d97903566e84c3ae5274467e89ead799b7c1a0ef7a04",
         "57BFF87B1241E93D", ""),  # table 19
        (ev2("7614281A", "4CF3CB41A22583A61E89B158D252FC53", "5529860B2FC5FB6154B7F28361D30BF9", 2), 0xC4, "02",
         "F3847D627727ED3BC9C4CC050489B96601789DFADC", Mode.FULL,
         "022cf362b7bf4311ff3be1daa295e8c68de09050560d19b9e16c2393ae9cd1fac75d0ce20bcd1d06e6", "203BB55D1089D587",
         ""),  # table 26
    ],
)  # fmt: skip
def test_protected_commands_of_an12196(session, ins, header, data, mode, sealed, answer, opened):
    assert session.seal(ins, hexed(header), hexed(data), mode).hex() == sealed
    at = session.counter
    card = Ev2Session(session.encryption_key, session.mac_key, session.transaction, 0, at)
    assert card.unseal(ins, len(header) // 2, hexed(sealed), mode).hex().upper() == data.upper()
    assert card.answer(hexed(opened), mode).hex() == answer.lower()
    assert session.open(hexed(answer), mode).hex() == opened
    session.counter = at
    with pytest.raises(Malformed):
        session.open(hexed(answer)[:-1] + b"\0", mode)


# Sessions of EV1.


@pytest.mark.parametrize("chain", CHAINS, ids=[chain["source"][:40] for chain in CHAINS])
def test_a_whole_session_byte_by_byte(chain):
    key, challenge, token = (hexed(chain[name]) for name in ("key", "challenge", "token"))
    rnd_a = aes.decrypt(key, challenge, token)[:16]
    host = Host(Way.EV1, chain["number"], key, rnd_a)
    assert host.token(challenge) == token
    session = host.finish(hexed(chain["proof"]))
    rnd_b = aes.decrypt(key, ZERO, challenge)
    card = Card(Way.EV1, chain["number"], key, rnd_b, b"")
    proof, other = card.prove(token)
    assert (card.challenge, proof.hex()) == (challenge, chain["proof"])
    for ins, mode, sealed, answer in chain["exchanges"]:
        follows(session, other, int(ins, 16), Mode(mode), hexed(sealed), hexed(answer))


def follows(host, card, ins, mode, sealed, answer):
    """Both ends come to the same bytes as the recording."""
    kind = desfire_data.BY_INSTRUCTION[ins]
    data = card.unseal(ins, kind.head, sealed, mode)
    assert host.seal(ins, sealed[: kind.head], data, mode) == sealed
    opened = host.open(answer, mode)
    assert card.answer(opened, mode) == answer


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.D40])
def test_neither_end_takes_a_wrong_key(way):
    before = ev2("00" * 4, "11" * 16, "22" * 16, 3)
    host, card = Host(way, 1, ZERO, b"A" * 16, before), Card(way, 1, b"\2" * 16, b"B" * 16, b"TIDS", before)
    with pytest.raises(Malformed):
        card.prove(host.token(card.challenge))
    right = Card(way, 1, ZERO, b"B" * 16, b"TIDS", before)
    proof, session = right.prove(host.token(right.challenge))
    for wrong in (b"", proof[:-1], bytes(len(proof))):
        with pytest.raises(Malformed):
            host.finish(wrong)
    assert type(host.finish(proof)) is type(session)


modes = st.sampled_from([Mode.PLAIN, Mode.MAC, Mode.FULL, Mode.ALWAYS])


AMBIGUOUS = bytes.fromhex("9450b6")
"""Its checksum ends in a zero: two bytes of it with the next four would pass as data and checksum too."""


@given(st.booleans(), modes, st.binary(max_size=60), st.binary(max_size=60), st.integers(0, 400))
@example(old=True, mode=Mode.FULL, data=AMBIGUOUS, answer=b"", bit=0)
def test_what_one_end_seals_the_other_opens_and_one_wrong_bit_is_seen(old, mode, data, answer, bit):
    def pair():
        return (Ev1Session(b"k" * 16, 1) if old else ev2("01020304", "11" * 16, "22" * 16) for _ in range(2))

    host, card = pair()
    sealed = host.seal(0x3D, b"headers", data, mode)
    assert card.unseal(0x3D, 7, sealed, mode, 0, len(data)) == data
    back = card.answer(answer, mode)
    assert host.open(back, mode, len(answer)) == answer
    host, card = pair()
    card.unseal(0x3D, 7, host.seal(0x3D, b"headers", data, mode), mode, 0, len(data))
    bent = bytearray(card.answer(answer, mode))
    if (mode is Mode.PLAIN and not old) or not bent:
        return
    bent[bit // 8 % len(bent)] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        host.open(bytes(bent), mode, len(answer))


@given(st.booleans(), modes, st.binary(max_size=100))
def test_no_answer_breaks_a_session(old, mode, answer):
    session = Ev1Session(b"k" * 16, 1) if old else ev2("01020304", "11" * 16, "22" * 16)
    try:
        session.open(answer, mode)
    except Malformed:
        return
    assert mode is Mode.PLAIN and not old
