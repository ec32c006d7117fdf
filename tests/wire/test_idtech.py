"""ID TECH's lines and keys: the manual's forms, any pieces, damaged characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import idtech as it
from loyalty.devices.wire.magstripe import ISO1, ISO2, ISO3
from loyalty.devices.wire.magstripe.swipe import Swipe

PLAIN, CHECKED = it.Manner(), it.Manner("uic", lrc=True)
CARD = Swipe({1: "A B/C", 2: "1001=99", 3: "7"})
GOLDEN = [
    (PLAIN, b"%A B/C?\r;1001=99?\r;7?\r", "MiniMag RS-232 User's Manual, page 14, ID TECH format"),
    (it.Manner("uic"), b"\x02%A B/C?\x10\x02;1001=99?\x10\x02;7?\x03", "the same page, UIC format, triple track"),
]
USAGES = "HID Usage Tables 1.12, section 10; Device Class Definition for HID 1.11, appendix B.1"
KEYS = [
    (";", "0000330000000000", f"{USAGES}: ; and : 33h"), ("1", "00001e0000000000", f"{USAGES}: 1 and ! 1Eh"),
    ("?", "0200380000000000", f"{USAGES}: / and ? 38h, left shift bit 1"),
    ("\r", "0000280000000000", f"{USAGES}: Return 28h"),
]  # fmt: skip
texts = [st.text(st.sampled_from([chr(code + form.base) for code in range(1 << form.bits)
                                  if code not in (form.start, form.end)]), min_size=1, max_size=30)
         for form in (ISO1, ISO2, ISO3)]  # fmt: skip
swipes = st.fixed_dictionaries({1: texts[0].filter(lambda text: text != "E"), 2: texts[1]}, optional={3: texts[2]})
manners = st.sampled_from([PLAIN, it.Manner("uic"), CHECKED])


def decoded(manner, *pieces):
    decoder = it.Decoder(manner)
    for piece in pieces:
        decoder.feed(piece)
    return decoder.finish()


@pytest.mark.parametrize(("manner", "data", "source"), GOLDEN)
def test_forms_of_the_manual(manner, data, source):
    assert it.encode(CARD, manner) == data
    assert decoded(manner, data).swipe() == CARD


def test_check_characters():
    """Computed from the rule; the number is a published test number."""
    card = Swipe({1: "B6011000990139424^TEST/MEMBER^3012101", 2: "6011000990139424=30121015432112345678"})
    data = it.encode(card, CHECKED)
    assert data.startswith(b"\x02%B6011000990139424^TEST/MEMBER^3012101?N\x10\x02;6011")
    assert data.endswith(b"5678??\x10")
    assert decoded(CHECKED, data).swipe() == card


def test_a_track_three_alone_is_no_track_two_where_the_form_tells():
    assert decoded(CHECKED, it.encode(Swipe({3: "7"}), CHECKED)).swipe() == Swipe({3: "7"})


def test_unreadable_tracks():
    card = Swipe({2: "1001"}, (1,))
    for manner in (PLAIN, CHECKED):
        assert decoded(manner, it.encode(card, manner)).swipe() == card


@given(swipes, manners, st.data())
def test_any_pieces_give_the_same_swipe(tracks, manner, draw):
    data = it.encode(Swipe(tracks), manner)
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8)))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    assert decoded(manner, *pieces).swipe() == Swipe(tracks)


@given(swipes, st.data())
def test_a_character_changed_on_the_line_is_noticed_where_it_is_checked(tracks, draw):
    data = bytearray(it.encode(Swipe(tracks), CHECKED))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= 1 << draw.draw(st.integers(0, 7))
    passed = decoded(CHECKED, bytes(data))
    found = dict(passed.tracks)
    # a changed sentinel or ending may move a track's number; what a track holds is never another text
    assert passed.reason or all(text in tracks.values() for text in found.values())


@given(manners, st.lists(st.binary(max_size=120), max_size=9))
def test_noise_is_tracks_or_a_reason(manner, noise):
    passed = decoded(manner, *noise)
    for track, text in passed.tracks.items():
        assert ISO1.fault_of(text) is None or {1: ISO1, 2: ISO2, 3: ISO3}[track].fault_of(text) is None


def test_no_swipe_is_longer_than_a_card():
    decoder = it.Decoder(PLAIN)
    for _ in range(50):
        decoder.feed(b";1234567890")
    assert decoder.finish().reason
    assert not decoder.waiting


@pytest.mark.parametrize("data", [b";1001", b"1001?\r", b"%A?\r;10", b"\x00\xff;1001?\r"])
def test_pieces_of_a_swipe_are_no_swipe(data):
    assert decoded(PLAIN, data).reason


@pytest.mark.parametrize(("sign", "report", "source"), KEYS)
def test_keys_of_a_boot_keyboard(sign, report, source):
    assert it.reports(sign)[0].hex() == report


@given(st.text(st.sampled_from("%?;=^/ABCXYZ 0123456789\r"), max_size=60))
def test_what_is_typed_is_read(text):
    keys = it.Keys()
    assert "".join(keys.feed(report) for report in it.reports(text)) == text


@given(st.lists(st.binary(min_size=7, max_size=9), max_size=30))
def test_noise_on_a_keyboard_is_text(noise):
    keys = it.Keys()
    assert "".join(keys.feed(report) for report in noise).isascii()


def test_a_key_held_down_counts_once():
    keys = it.Keys()
    one, two = bytes([0, 0, 0x1E, 0, 0, 0, 0, 0]), bytes([0, 0, 0x1E, 0x1F, 0, 0, 0, 0])
    assert "".join(keys.feed(report) for report in (one, one, two, two, bytes(8), one)) == "121"
