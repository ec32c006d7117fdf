"""Commands and answers of PC/SC readers: bytes of manuals and of real cards, both directions, any nonsense."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import Command, Malformed, Response, acs, meaning_of, sle4442, storage
from loyalty.devices.wire.apdu import atr as answers
from loyalty.devices.wire.apdu.exchange import MEANING

GOLDEN = json.loads((Path(__file__).parent / "golden" / "apdu.json").read_text("utf-8"))
LAYERS = {"storage": storage, "acs": acs, "sle4442": sle4442}
byte = st.integers(0, 255)
commands = st.builds(
    Command, byte, byte, byte, byte, st.binary(max_size=600), st.none() | st.integers(1, 65536)
)  # fmt: skip


def rows(*layers):
    found = [row for row in GOLDEN if row["layer"] in layers]
    return pytest.mark.parametrize("row", found, ids=[f"{row['layer']}: {row['name']}" for row in found])


@rows(*LAYERS)
def test_commands_of_manuals(row):
    raw = bytes.fromhex(row["hex"])
    message = LAYERS[row["layer"]].parse(Command.parse(raw))
    assert message is not None
    assert message.command().encoded() == raw


def test_every_message_has_its_vector():
    named = {
        type(LAYERS[row["layer"]].parse(Command.parse(bytes.fromhex(row["hex"])))).__name__
        for row in GOLDEN if row["layer"] in LAYERS
    }  # fmt: skip
    messages = {each.__name__ for layer in LAYERS.values() for each in layer.Message.__args__}
    assert messages <= named


@pytest.mark.parametrize(
    ("layer", "raw", "message"),
    [
        (storage, "FF860000050100046000", storage.Authenticate(4, storage.KEY_A, 0)),
        (storage, "FF82000006FFFFFFFFFFFF", storage.LoadKey(0, b"\xff" * 6)),
        (acs, "FFD70005050100000005", acs.ChangeValue(5, acs.ValueStep.INCREMENT, 5)),
        (acs, "FFD700050500FFFFFFFC", acs.ChangeValue(5, acs.ValueStep.STORE, -4)),
        (acs, "FFD70005020306", acs.CopyValue(5, 6)),
        (acs, "FF0040F00405050303", acs.Lights122(0xF0, 5, 5, 3, 3)),
        (acs, "FF00000002D402", acs.DirectTransmit(b"\xd4\x02")),
        (sle4442, "FF20000003112233", sle4442.PresentCode(b"\x11\x22\x33")),
        (sle4442, "FFB0002010", sle4442.ReadMemory(0x20, 16)),
    ],
)
def test_what_they_mean(layer, raw, message):
    assert layer.parse(Command.parse(bytes.fromhex(raw))) == message


@rows("escape")
def test_commands_to_the_reader_itself(row):
    raw = bytes.fromhex(row["hex"])
    assert acs.Escape.parse(raw).encoded() == raw


@rows("escape answer")
def test_the_reader_names_itself(row):
    text = acs.parse_escape_answer(bytes.fromhex(row["hex"]))
    assert text.decode("ascii").startswith("ACR12")
    assert acs.escape_answer(text).hex() == row["hex"]


@rows("atr")
def test_answers_to_reset_of_real_cards(row):
    raw = bytes.fromhex(row["hex"])
    found = answers.parse_atr(raw)
    assert found.name == row["name"]
    if found.storage is not None:
        assert answers.storage_atr(found.storage, raw[12]) == raw
        assert found.protocols == (0, 1)


def test_the_parts_of_an_answer_to_reset():
    found = answers.parse_atr(bytes.fromhex("3BDF18FF81F1FE43003F03834D494641524520506C75732053414D3B"))
    assert found.protocols == (1,) and not found.inverse
    assert dict(found.interface) == {"TA1": 0x18, "TC1": 0xFF, "TD1": 0x81, "TD2": 0xF1, "TA3": 0xFE, "TB3": 0x43,
                                     "TC3": 0x00, "TD3": 0x3F, "TA4": 0x03, "TB4": 0x83}  # fmt: skip
    assert found.historical == b"MIFARE Plus SAM"
    assert answers.iso14443_4_atr(b"\x80") == bytes.fromhex("3B8180018080")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("FF00", "begins with 3B or 3F"), ("3B", "2 to 33"), ("3B" * 34, "2 to 33"), ("3B02A2", "historical"),
        ("3B04A213109100", "1 bytes follow"), ("3B8180018081", "check byte"), ("3B81800180", "0 bytes follow"),
        ("3B80", "before TD1"), ("3B801F00", "T=15"), ("3BF000", "before TB1"),
    ],
)  # fmt: skip
def test_answers_that_no_card_gives_are_told(raw, why):
    with pytest.raises(Malformed, match=why):
        answers.parse_atr(bytes.fromhex(raw))


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: b"\x3b" + tail))
def test_no_bytes_break_the_answer_to_reset(raw):
    try:
        found = answers.parse_atr(raw)
    except Malformed:
        return
    assert found.raw == raw and found.protocols and len(found.historical) <= 15


@given(commands)
def test_a_command_survives_the_wire(command):
    assert Command.parse(command.encoded()) == command


@given(st.binary(max_size=300))
def test_no_bytes_break_a_command(raw):
    try:
        command = Command.parse(raw)
        for layer in LAYERS.values():
            layer.parse(command)
    except Malformed:
        return


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (Command(0, 0xA4, 4, 0), "00A40400"),
        (Command(0, 0xB0, 0, 0, le=256), "00B0000000"),
        (Command(0, 0xA4, 4, 0, b"\xd2\x76"), "00A4040002D276"),
        (Command(0, 0xA4, 4, 0, b"\xd2\x76", 256), "00A4040002D27600"),
        (Command(0, 0xB0, 0, 0, le=65536), "00B00000000000"),
        (Command(0, 0xD6, 0, 0, bytes(256)), "00D60000000100" + "00" * 256),
    ],
)
def test_the_four_cases_and_the_long_forms(command, raw):
    assert command.encoded().hex().upper() == raw
    assert Command.parse(bytes.fromhex(raw)) == command


@pytest.mark.parametrize("raw", ["", "00A404", "00A4040003D276", "00A4040001D2760000", "00A40400000002D2"])
def test_lengths_that_do_not_fit_are_told(raw):
    with pytest.raises(Malformed):
        Command.parse(bytes.fromhex(raw))
    with pytest.raises(ValueError):
        Command(0, 0, 0, 0, bytes(70000)).encoded()


def test_an_answer_has_a_status_word():
    assert Response.parse(bytes.fromhex("04A1B2C39000")) == Response(bytes.fromhex("04A1B2C3"))
    assert not Response.parse(b"\x63\x00").ok
    with pytest.raises(Malformed):
        Response.parse(b"\x90")


@pytest.mark.parametrize(
    ("layer", "raw"),
    [
        (storage, "FF82000003112233"), (storage, "FF860000050200046000"), (storage, "FF860000050100046200"),
        (acs, "FFD70005050700000001"), (acs, "FF00400F03010101"), (acs, "FFC2000103950260"),
        (sle4442, "FF200000021122"),
    ],
)  # fmt: skip
def test_messages_gone_wrong_are_told(layer, raw):
    with pytest.raises(Malformed):
        layer.parse(Command.parse(bytes.fromhex(raw)))


def test_what_is_passed_on_to_a_card_comes_back():
    said = bytes.fromhex("0004040201000F03")
    assert acs.parse_transceived(acs.transceived(said)) == said
    assert acs.parse_transceived(acs.transceived(None)) is None
    for raw in ("", "C003", "9708" + said.hex(), "C0020090"):
        with pytest.raises(Malformed):
            acs.parse_transceived(bytes.fromhex(raw))


# The trap: 90 00 after a code means that the card is locked for good.


@pytest.mark.parametrize(("sw", "tries"), [(0x9007, 3), (0x9003, 2), (0x9001, 1), (0x9000, 0), (0x9006, 2)])
def test_the_answer_to_a_code_is_a_counter(sw, tries):
    assert sle4442.tries_left(sle4442.counter_after(Response(sw=sw))) == tries


@pytest.mark.parametrize("answer", [Response(sw=0x6300), Response(b"\x07", 0x9000)])
def test_another_answer_to_a_code_is_never_taken_for_one(answer):
    with pytest.raises(Malformed):
        sle4442.counter_after(answer)


def test_protection_bits_count_from_the_lowest():
    assert sle4442.protected_bytes(bytes.fromhex("FEFFFF7F")) == {0, 31}
    with pytest.raises(Malformed, match="4 bytes, not 3"):  # a reader that answers less says nothing of the rest
        sle4442.protected_bytes(bytes.fromhex("FEFFFF"))


@given(st.integers(0, 0xFFFF))
def test_every_status_word_has_a_meaning(sw):
    assert f"{sw:04X}" in meaning_of(sw) or sw >> 8 == 0x6C
    assert meaning_of(0x6C10) == "wrong length, 16 would be right"
    assert MEANING[0x6300] in meaning_of(0x6300)
