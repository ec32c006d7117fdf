"""Tracks of ISO 7811 and JIS II: the manual's examples bit by bit, both directions, any damage."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire.magstripe import ISO1, ISO2, ISO3, JIS2

MSR605 = "MSR605 Programmer's Manual rev. B"
GOLDEN = [
    # format, text, characters with parity in hex, source
    (ISO1, "ABC123", "456162235152131F2A", f"{MSR605}, pages 19 and 20"),
    (ISO2, "12345", "0B01021304151F15", f"{MSR605}, page 21"),
    (ISO3, "12345", "0B01021304151F15", f"{MSR605}, page 21"),
]
PACKED = [
    (ISO1, "ABC123", "C5B07814954E3E2A", f"{MSR605}, pages 17 and 18"),
    (ISO2, "12345", "2B8849EAAF", f"{MSR605}, pages 18 and 19"),
]
CHECKS = [  # computed from the rule; the numbers are published test numbers
    (ISO2, "6011000990139424=30121015432112345678", "?"),
    (ISO1, "B6011000990139424^TEST/MEMBER^3012101", "N"),
]
texts = {
    form: st.text(st.sampled_from([chr(code + form.base) for code in range(1 << form.bits)
                                   if code not in (form.start, form.end)]), max_size=form.longest)
    for form in (ISO1, ISO2, ISO3)
}  # fmt: skip
texts[JIS2] = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=69)
tracks = st.sampled_from([ISO1, ISO2, ISO3, JIS2]).flatmap(lambda form: st.tuples(st.just(form), texts[form]))


@pytest.mark.parametrize(("form", "text", "characters", "source"), GOLDEN)
def test_characters_of_the_manual(form, text, characters, source):
    assert bytes(ms.characters_of(form, text)).hex().upper() == characters
    assert ms.text_of(form, bytes.fromhex(characters)) == text


@pytest.mark.parametrize(("form", "text", "data", "source"), PACKED)
def test_bits_of_the_manual(form, text, data, source):
    assert ms.packed(ms.bits_of(form, text, 0, 0), lowest_first=True).hex().upper() == data
    assert ms.text_in(form, ms.bits_in(bytes.fromhex(data), lowest_first=True)) == text


@pytest.mark.parametrize(("form", "text", "lrc"), CHECKS)
def test_check_characters(form, text, lrc):
    last = ms.characters_of(form, text)[-1]
    assert chr((last & (1 << form.bits) - 1) + form.base) == lrc


JIS2_SOURCE = "Datacard Magna user's guide, page D-3: sentinels 7Fh, VRC even, LRC even; computed from it"


def test_jis_has_del_on_both_ends_and_even_parity():
    characters = ms.characters_of(JIS2, "A1")
    assert characters == [0xFF, 0x41, 0xB1, 0xFF, 0xF0]  # A 41h: two ones; 1 31h: three; LRC 7F^41^31^7F = 70h: three
    assert all(character.bit_count() % 2 == 0 for character in characters)
    assert ms.text_of(JIS2, characters) == "A1"


def test_katakana_cost_a_hidden_character_for_each_change():
    """Datacard CD800 user's guide, page 33."""
    text = "VIP ｶｰﾄﾞ 8"
    assert ms.text_of(JIS2, ms.characters_of(JIS2, text)) == text
    assert len(ms.characters_of(JIS2, text)) == len(text) + 2 + 3
    assert JIS2.fault_of("ｶ" * 68) is None
    assert JIS2.fault_of("ｶ" * 69) == "takes 69 characters, 70 were given"


@example((ISO2, "2457>4"), 0, 0)  # backwards it begins with a whole empty track
@given(tracks, st.integers(0, 40), st.integers(0, 40))
def test_what_is_written_is_read_in_both_directions(track, leading, trailing):
    form, text = track
    bits = ms.bits_of(form, text, leading, trailing)
    assert ms.text_in(form, bits) == text
    for drawn in (bits, bits[::-1]):
        try:
            assert ms.either_way(form, drawn) == text
        except ms.Damaged:
            assert form is JIS2 and ms.characters_of(form, text)[-1] == 0  # the case of the next test


def test_what_is_a_track_in_both_directions_is_nobodys_track():
    """Without an LRC that shows the end, 'AA' drawn backwards is a whole track with two 02h."""
    bits = ms.bits_of(JIS2, "AA")
    assert (ms.text_in(JIS2, bits), ms.text_in(JIS2, bits[::-1])) == ("AA", "\x02\x02")
    for drawn in (bits, bits[::-1]):
        with pytest.raises(ms.Damaged, match="both directions"):
            ms.either_way(JIS2, drawn)
    assert ms.either_way(JIS2, ms.bits_of(JIS2, "AAA")[::-1]) == "AAA"


@pytest.mark.parametrize("text", ["1", "VIP 2", "8ｶ"])
def test_a_stray_one_before_a_track_of_jis_shifts_it_to_no_other_track(text):
    """'1' with a one before it looks like 'c' in sentinels, parity and LRC; only the one left over tells."""
    bits = ms.bits_of(JIS2, text)
    bits[21] = 1
    with pytest.raises(ms.Damaged):
        ms.text_in(JIS2, bits)
    behind = ms.bits_of(ISO2, "12345")
    behind[-1] = 1
    assert ms.text_in(ISO2, behind) == "12345"  # no such shift in ISO: dirt behind the LRC is nobody's


@given(tracks, st.booleans())
def test_packing_loses_nothing(track, lowest_first):
    form, text = track
    data = ms.packed(ms.bits_of(form, text), lowest_first)
    assert ms.text_in(form, ms.bits_in(data, lowest_first)) == text


@example((JIS2, "1"), 21)
@given(tracks, st.integers(0, 1000))
def test_one_bit_turned_never_gives_another_track(track, at):
    form, text = track
    bits = ms.bits_of(form, text)
    at %= len(bits)
    bits[at] ^= 1
    try:
        found = ms.text_in(form, bits)
    except ms.Damaged:
        return
    assert found == text and at >= len(bits) - 22  # only behind the LRC is a bit nobody's


def test_a_character_that_becomes_an_end_sentinel_does_not_shorten_the_track():
    """';105?' with '0' turned into '?': '5' is the LRC of ';1?'."""
    for text, at in [("105", 2), ("135<1", 5)]:  # in the second case the end sentinel is taken for the LRC
        characters = ms.characters_of(ISO2, text)
        characters[at] = 0x1F
        with pytest.raises(ms.Damaged, match="behind"):
            ms.text_of(ISO2, characters)


@given(tracks, st.data())
def test_two_characters_changed_alike_are_found_by_the_lrc_or_the_parity(track, data):
    form, text = track
    characters = ms.characters_of(form, text)
    at = data.draw(st.integers(0, len(characters) - 1))
    other = data.draw(st.integers(0, (2 << form.bits) - 1).filter(lambda value: value != characters[at]))
    characters[at] = other
    try:
        assert ms.text_of(form, characters) == text
    except ms.Damaged:
        return
    raise AssertionError("a changed character was not noticed")


@given(tracks, st.data())
def test_a_swipe_that_breaks_off_is_no_track(track, data):
    form, text = track
    bits = ms.bits_of(form, text, 5, 0)
    cut = bits[: data.draw(st.integers(6, len(bits) - 1))]
    with pytest.raises(ms.Damaged):
        ms.text_in(form, cut)


@given(st.sampled_from([ISO1, ISO2, ISO3, JIS2]), st.lists(st.integers(0, 1), max_size=900))
def test_noise_is_a_track_or_damaged_and_nothing_else(form, bits):
    try:
        found = ms.either_way(form, bits)
    except ms.Damaged:
        return
    assert found is None or form.fault_of(found) is None


def test_a_blank_track_is_none():
    assert ms.text_in(ISO2, [0] * 200) is None
    assert ms.text_in(ISO2, []) is None


@pytest.mark.parametrize(
    ("form", "text", "why"),
    [
        (ISO2, "12A", "cannot hold 'A'"), (ISO2, "1;2", "cannot hold ';'"), (ISO1, "a", "cannot hold 'a'"),
        (ISO1, "50%", "cannot hold '%'"), (ISO2, "1" * 38, "takes 37 characters, 38"),
        (ISO1, "1" * 77, "takes 76"), (ISO3, "1" * 105, "takes 104"), (JIS2, "漢", "cannot hold '漢'"),
        (JIS2, "\x7f", "cannot hold"), (JIS2, "\x0e", "cannot hold"),
    ],
)  # fmt: skip
def test_what_a_track_cannot_hold_is_said(form, text, why):
    with pytest.raises(ValueError, match=why):
        ms.characters_of(form, text)
