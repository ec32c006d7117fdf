"""Simulated cards in simulated readers, by raw commands: rights, values, passwords, counters, codes."""

import pytest

from loyalty.devices.wire.apdu.atr import parse_atr
from loyalty.devices.wire.apdu.classic import Access, Trailer, value_block
from simulators.pcscd.desk import Torn
from tests.simulators.pcsc_card_bench import UID4, UID7, Bench

KEY_A, KEY_B = b"\xa0" * 6, b"\xb0" * 6


@pytest.fixture
def bench():
    return Bench()


def guarded(**access):
    """The trailer of sector 1 with other keys and access bits."""
    return Trailer(KEY_A, Access(**access), KEY_B).encoded().hex()


@pytest.mark.parametrize(
    ("kind", "uid", "name", "ats"),
    [
        ("classic1k", UID4, "MIFARE Classic 1K", "6A81"), ("classic4k", UID7, "MIFARE Classic 4K", "6A81"),
        ("ultralight", UID7, "MIFARE Ultralight", "6A81"), ("ntag216", UID7, "MIFARE Ultralight", "6A81"),
        ("desfire", UID7, "contactless processor card", "809000"), ("rewritable", UID4, "MIFARE Classic 1K", "6A81"),
        ("iso7816", UID4, "contactless processor card", b"LOYALTY".hex().upper() + "9000"),
    ],
)  # fmt: skip
def test_contactless_cards_introduce_themselves(bench, kind, uid, name, ats):
    bench.lay(kind, uid)
    assert parse_atr(bench.unit.atr).name == name
    assert bench.ask("FFCA000000") == uid + "9000"
    assert bench.ask("FFCA010000") == ats


@pytest.mark.parametrize(
    ("profile", "kind", "uid", "atr"),
    [
        ("acr122u", "magnetic", "", None), ("acr122u", "sle4442", "", None), ("acr39-sle4442", "magnetic", UID4, b""),
        ("acr39-sle4442", "sle4442", "", bytes.fromhex("3B04A2131091")),
        ("pcsc-generic", "iso7816", "", bytes.fromhex("3B87014C4F59414C5459DC")),
    ],
)  # fmt: skip
def test_a_reader_meets_what_its_slot_can(profile, kind, uid, atr):
    bench = Bench(profile).lay(kind, uid)
    assert bench.unit.atr == atr
    assert bench.unit.events == (atr is not None)


# MIFARE Classic.


def test_blocks_open_with_their_key(bench):
    bench.lay("classic1k", UID4)
    assert bench.ask("FFB0000410") == "6300"
    assert bench.opens(4)
    assert bench.ask("FFD6000410" + "11" * 16) == "9000"
    assert bench.ask("FFB0000410") == "11" * 16 + "9000"
    assert bench.unit.card.memory["blocks"]["4"] == "11" * 16
    assert bench.ask("FFB0000810") == "6300"  # another sector; the card fell back, so that one is closed again too
    assert bench.ask("FFB0000410") == "6300"
    assert not bench.opens(4, KEY_A)
    assert bench.ask("FF82000506FFFFFFFFFFFF") == "6300"  # there are places 0 and 1


def test_access_bits_rule(bench):
    bench.lay("classic1k", UID4, blocks={"7": guarded(conditions=(4, 6, 5, 3))})
    assert bench.opens(4, KEY_A)
    assert bench.ask("FFB0000410").endswith("9000")
    assert bench.ask("FFD6000410" + "11" * 16) == "6300"
    assert bench.opens(4, KEY_B, "61")
    assert bench.ask("FFD6000410" + "11" * 16) == "9000"
    assert bench.ask("FFD6000610" + "11" * 16) == "6300"  # 101: B reads, nobody writes
    assert bench.opens(4, KEY_A)
    assert bench.ask("FFB0000610") == "6300"


def test_a_trailer_shows_no_keys_and_is_written_by_its_own_rules(bench):
    bench.lay("classic1k", UID4, blocks={"7": guarded(conditions=(0, 0, 0, 4))})
    assert bench.opens(7, KEY_A)
    assert bench.ask("FFB0000710") == "00" * 6 + Access((0, 0, 0, 4)).encoded().hex().upper() + "69" + "00" * 6 + "9000"
    assert bench.opens(7, KEY_B, "61")
    new = Trailer(b"\x01" * 6, Access(), b"\x02" * 6).encoded().hex()
    assert bench.ask(f"FFD6000710{new}") == "9000"  # both keys, but the access bits stay: 100 never lets them change
    kept = Access((0, 0, 0, 4)).encoded().hex().upper() + "69"
    assert bench.unit.card.memory["blocks"]["7"] == "01" * 6 + kept + "02" * 6


def test_a_readable_key_b_opens_nothing(bench):
    bench.lay("classic1k", UID4)  # as delivered, 001: key B can be read
    assert bench.opens(4, kind="61")
    assert bench.ask("FFB0000410") == "6300"


def test_contradicting_access_bits_block_the_sector(bench):
    bench.lay("classic1k", UID4)
    assert bench.opens(7)
    assert bench.ask("FFD6000710" + "FF" * 6 + "FF0781" + "69" + "FF" * 6) == "9000"
    assert bench.opens(7)
    assert bench.ask("FFB0000410") == "6300"
    assert bench.ask("FFB0000710") == "6300"


def test_value_blocks_count(bench):
    bench.lay("classic1k", UID4)
    assert bench.opens(5)
    assert bench.ask("FFB1000504") == "6300"
    assert bench.ask("FFD700050500FFFFFFFC") == "9000"
    assert bench.ask("FFB1000504") == "FFFFFFFC9000"
    assert bench.ask("FFB0000510") == value_block(-4, 5).hex().upper() + "9000"
    assert bench.ask("FFD70005050100000069") == "9000"
    assert bench.ask("FFD70005050200000001") == "9000"
    assert bench.ask("FFD70005020306") == "9000"
    assert bench.ask("FFB1000604") == "000000649000"
    assert bench.ask("FFD7000505017FFFFFFF") == "6300"  # more than 32 bits hold


def test_who_may_only_take_cannot_add(bench):
    memory = {"5": value_block(100, 5).hex(), "7": guarded(conditions=(0, 6, 0, 3))}
    bench.lay("classic1k", UID4, blocks=memory)
    assert bench.opens(5, KEY_A)
    assert bench.ask("FFD70005050200000001") == "9000"
    assert bench.ask("FFD70005050100000001") == "6300"
    assert bench.opens(5, KEY_B, "61")
    assert bench.ask("FFD70005050100000001") == "9000"
    assert bench.ask("FFB1000504") == "000000649000"


# Ultralight and NTAG.


def test_pages(bench):
    bench.lay("ntag213", UID7)
    assert bench.ask("FFB0000010") == "04A1B29FC3D4E5F604480000E11012009000"
    assert bench.ask("FFB0000404") == "0300FE009000"
    assert bench.ask("FFD600060401020304") == "9000"
    assert bench.ask("FFB0000604") == "010203049000"
    assert bench.ask("FFD6000010" + "00" * 16) == "6300"
    assert bench.through("60") == "0004040201000F03"
    assert bench.through("3902") == ""  # it does not count


def test_an_ultralight_knows_neither_version_nor_password(bench):
    bench.lay("ultralight", UID7)
    assert bench.through("60") == ""
    assert bench.ask("FFB0000410") == "00" * 16 + "9000"


def test_a_password_guards_writing_then_reading(bench):
    bench.lay("ntag213", UID7, pages={"41": "04000008", "42": "00050000", "43": "11223344", "44": "ABCD0000"})
    assert bench.ask("FFB0000810") == "00" * 16 + "9000"
    assert bench.ask("FFD600080401020304") == "6300"
    assert bench.ask("FFD600070401020304") == "9000"
    assert bench.through("1B11223345") == ""
    assert bench.through("1B11223344") == "ABCD"
    assert bench.ask("FFD600080401020304") == "9000"
    assert bench.ask("FFD6002A0480050000") == "9000"  # from now on for reading too
    bench.unit.power_card()
    assert bench.ask("FFB0000810") == "6300"
    assert bench.ask("FFB0000610")[16:24] == "04A1B29F"  # behind the last open page it goes on with page 0
    assert bench.through("3A0608") == ""


def test_wrong_passwords_lock_a_card_that_counts_them(bench):
    bench.lay("ntag213", UID7, pages={"41": "04000004", "42": "02050000", "43": "11223344"})
    assert bench.through("1B00000000") == bench.through("1B00000001") == ""
    assert bench.through("1B11223344") == ""
    assert bench.unit.card.memory["wrong_passwords"] == 2
    again = Bench().lay("ntag213", UID7, **bench.unit.card.memory)
    assert again.through("1B11223344") == ""


def test_a_counter_counts_the_first_reading_of_each_visit(bench):
    bench.lay("ntag215", UID7, pages={"132": "20050000"}, counter=41)
    for _ in range(3):
        bench.ask("FFB0000410")
    assert bench.through("3902") == "2A0000"
    bench.unit.power_card()
    bench.ask("FFB0000410")
    assert bench.through("3902") == "2B0000"


def test_locked_pages_stay(bench):
    bench.lay("ntag213", UID7)
    assert bench.ask("FFD600020400004000") == "9000"  # lock bit of page 6
    assert bench.ask("FFD600060401020304") == "6300"
    assert bench.ask("FFD600070401020304") == "9000"
    assert bench.ask("FFD6002A0440050000") == "9000"
    assert bench.ask("FFD6002A0400050000") == "6300"  # CFGLCK: the settings are final


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_card_pulled_in_the_middle(bench, carried_out):
    bench.lay("ntag213", UID7)
    card = bench.unit.card
    bench.unit.set_fault("card_pulled", {"after": 1, "carried_out": carried_out})
    bench.ask("FFCA000000")
    with pytest.raises(Torn):
        bench.ask("FFD600060401020304")
    assert card.memory.get("pages", {}).get("6") == ("01020304" if carried_out else None)
    assert bench.unit.card is None
