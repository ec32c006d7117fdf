"""HID POS reports, Honeywell menu commands and keys as events: captures, manuals, headers; any damage."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import evdev as ev
from loyalty.devices.wire import hid_pos as hp
from loyalty.devices.wire import honeywell_menu as menu

GOLDEN = json.loads((Path(__file__).parent / "golden" / "scanners.json").read_text("utf-8"))
latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200)


def hexed(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


@pytest.mark.parametrize("row", GOLDEN["hid_pos"], ids=lambda row: row["text"][:10])
def test_reports_of_a_real_scanner(row):
    report = hexed(row["report"])
    piece = hp.decode(report)
    assert (piece.data.decode(), piece.aim, piece.more_follows) == (row["text"], row["aim"], row["more"])
    assert hp.encode(piece) == report
    assert hp.decode(report[1:]) == piece  # systems that leave the report's number away


@pytest.mark.parametrize("row", GOLDEN["hid_commands"], ids=lambda row: row["command"])
def test_commands_of_the_reference_driver(row):
    assert hp.encode_command(hexed(row["command"])) == hexed(row["report"])
    assert hp.decode_command(hexed(row["report"])) == hexed(row["command"])


@given(st.binary(min_size=1, max_size=300), st.sampled_from(["]Q1", "]C1", ""]))
def test_a_code_in_pieces_is_one_code(data, aim):
    assembly = hp.Assembly(1000)
    ends = [assembly.add(hp.decode(hp.encode(piece))) for piece in hp.pieces_of(data, aim)]
    assert ends[-1] == (data, aim) and not any(ends[:-1])


@pytest.mark.parametrize(("at", "value"), [(0, 3), (1, 57), (2, 0x41), (63, 2)])
def test_what_no_scanner_sends_is_malformed(at, value):
    report = bytearray(hexed(GOLDEN["hid_pos"][0]["report"]))
    report[at] = value
    with pytest.raises(hp.Malformed) as told:
        hp.decode(bytes(report))
    assert "Voyager" not in str(told.value)


@given(st.one_of(st.binary(max_size=80), st.binary(min_size=63, max_size=64)))
def test_noise_is_a_piece_or_malformed(report):
    hp.decode_command(report)
    with contextlib.suppress(hp.Malformed):
        assert len(hp.decode(report).data) <= hp.ROOM


def test_a_code_without_end_is_cut():
    assembly = hp.Assembly(500)
    for _ in range(100):
        assembly.add(hp.Piece(b"9" * 56, "]Q1", True))
    data, _ = assembly.add(hp.Piece(b"9", "]Q1"))
    assert len(data) < 700


@pytest.mark.parametrize("row", GOLDEN["menu"], ids=lambda row: row["text"])
def test_menu_commands_of_the_manuals(row):
    command = menu.Command(row["text"], row["ends"])
    assert menu.encode(command) == hexed(row["sent"])
    assert menu.commands_in(bytearray(hexed(row["sent"]))) == [command]


@pytest.mark.parametrize("row", GOLDEN["menu_answers"], ids=lambda row: row["text"])
def test_menu_answers_of_the_manuals(row):
    answer = menu.answer_in(bytearray(hexed(row["heard"])))
    assert (answer.text, answer.reply) == (row["text"], row["reply"])


@pytest.mark.parametrize("text", ["", "AB", "cbrena1", "CBRENA1.SUFBK2", "A" * 100])
def test_what_is_no_menu_command_is_not_sent(text):
    with pytest.raises(ValueError, match="no menu command"):
        menu.encode(menu.Command(text))


def test_an_answer_behind_a_text_and_before_a_code():
    buffer = bytearray(b"Product Name: X\r\nREVINF\x06.M-1\r")
    assert menu.answer_in(buffer) == menu.Answer("REVINF", menu.Reply.ACK, b"Product Name: X\r\n")
    assert buffer == b"M-1\r"


@given(st.binary(max_size=2000), st.integers(1, 50))
def test_noise_in_menus(noise, size):
    asked, answered = bytearray(), bytearray()
    for at in range(0, len(noise), size):
        asked += noise[at : at + size]
        answered += noise[at : at + size]
        menu.commands_in(asked)
        menu.answer_in(answered)
        assert len(asked) <= menu.LONGEST and len(answered) <= menu.LONGEST


def typed(events) -> list:
    keyboard = ev.Keyboard()
    return [found for event in events if (found := keyboard.press(event)) is not None]


@pytest.mark.parametrize("row", GOLDEN["keys"], ids=lambda row: row["text"])
def test_keys_of_the_kernels_header(row):
    keys = [[event.code, event.value] for event in ev.keys_for(row["text"]) if event.type == ev.KEY]
    assert keys == row["codes"]
    assert typed(ev.keys_for(row["text"])) == list(row["text"])


def test_the_kernels_event_is_two_longs_two_shorts_and_an_int():
    assert ev.EVENT.size in (16, 24)
    assert ev.encode(ev.Event(1, 30, 1))[-8:] == bytes.fromhex("01001e0001000000")


@given(latin)
def test_what_is_typed_is_read(text):
    assert "".join(typed(ev.keys_for(text))) == text


def test_what_the_layout_lacks_comes_as_alt_codes_and_gs_as_ctrl():
    assert "".join(typed(ev.keys_for("é\x1dü\x80"))) == "é\x1dü\x80"
    with pytest.raises(ValueError, match="cannot type"):
        ev.keys_for("會")


def test_caps_lock_turns_letters_and_no_digits():
    assert typed([*ev.stroke(58), *ev.keys_for("aB1!")]) == ["A", "b", "1", "!"]


def test_a_key_held_down_repeats_and_keys_without_a_sign_are_passed_over():
    assert typed([ev.Event(ev.KEY, 30, ev.DOWN), ev.Event(ev.KEY, 30, ev.REPEATED), *ev.stroke(59)]) == ["a", "a"]


@pytest.mark.parametrize("row", GOLDEN["key_events"], ids=lambda row: row["hex"])
def test_ends_and_lost_keys_of_the_kernels_header(row):
    (event,) = ev.Decoder().feed(bytes(ev.EVENT.size - 8) + hexed(row["hex"]))
    assert typed([event]) == [ev.Ended(row["key"]) if row["kind"] == "Ended" else ev.Lost()]


@given(latin, st.integers(1, 60))
def test_any_pieces_give_the_same_events(text, size):
    raw, decoder, found = b"".join(map(ev.encode, ev.keys_for(text))), ev.Decoder(), []
    for at in range(0, len(raw), size):
        found += decoder.feed(raw[at : at + size])
    assert found == ev.keys_for(text)


@given(st.lists(st.builds(ev.Event, st.integers(0, 5), st.integers(0, 300), st.integers(-1, 3)), max_size=80))
def test_any_events_type_something_of_latin_1(events):
    for found in typed(events):
        assert not isinstance(found, str) or len(found.encode("latin-1")) == 1
