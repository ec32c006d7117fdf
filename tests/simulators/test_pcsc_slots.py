"""Simulated cards with contacts, and what a simulated reader answers itself."""

import pytest

from simulators.card import CardInvalid
from simulators.unit import FaultUnknown
from tests.simulators.pcsc_card_bench import UID4, UID7, Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def slot():
    return Bench("acr39-sle4442").lay("sle4442", bytes={"32": b"M000123".hex()})


def test_a_memory_card_is_selected_first(slot):
    assert slot.ask("FFB0002007") == "6300"
    assert slot.ask("FFA400000106") == "9000"
    assert slot.ask("FFB0002007") == b"M000123".hex().upper() + "F0FFFFFF" + "9000"
    assert slot.ask("FFB0000004")[:8] == "A2131091"
    assert slot.ask("FFA400000105") == "6300"
    told = [row["meaning"] for row in slot.unit.log.after(0)]
    assert told[:4] == ["read", "the operation failed (6300)", "select", "done"]


def test_writing_needs_the_code_and_always_says_yes(slot):
    slot.ask("FFA400000106")
    assert slot.ask("FFD00040021234") == "9000"
    assert slot.ask("FFB0004002")[:4] == "FFFF"
    assert slot.ask("FF20000003FFFFFF") == "9007"
    assert slot.ask("FFD00040021234") == "9000"
    assert slot.ask("FFB0004002")[:4] == "1234"
    assert slot.ask("FFD0000001FF") == "9000"  # a protected byte
    assert slot.ask("FFB0000001")[:2] == "A2"
    assert slot.ask("FFD10020014D") == "9000"
    slot.ask("FFA400000106")  # forgets the code
    slot.ask("FFD000410112")
    assert slot.ask("FFB0004102")[:4] == "34FF"


def test_three_wrong_codes_lock_it_and_the_answer_is_9000(slot):
    slot.ask("FFA400000106")
    assert [slot.ask("FF20000003000000") for _ in range(4)] == ["9003", "9001", "9000", "9000"]
    assert slot.ask("FF20000003FFFFFF") == "9000"  # the right one, too late
    assert slot.ask("FFB1000004") == "000000009000"
    assert slot.unit.card.memory["tries"] == 0


def test_protection_needs_the_same_byte_and_is_final(slot):
    slot.ask("FFA400000106")
    slot.ask("FF20000003FFFFFF")
    slot.ask("FFD100050100")
    slot.ask("FFD1000601FF")
    assert slot.ask("FFB2000004") == "B0FFFFFF9000"
    slot.ask("FFD2000103112233")
    slot.ask("FFA400000106")
    assert slot.ask("FF20000003112233") == "9007"


def test_files():
    bench = Bench("pcsc-generic").lay("iso7816", files={"2F01": "00112233"})
    assert bench.ask("00B0000000") == "6986"
    assert bench.ask("00A4000002" + "2F02") == "6A82"
    assert bench.ask("00A4000002" + "2F01") == "9000"
    assert bench.ask("00B0000102") == "11229000"
    assert bench.ask("00D6000102AABB") == "9000"
    assert bench.ask("00B0000000") == "00AABB339000"
    assert bench.ask("00B0000009") == "00AABB336282"
    assert (bench.ask("00B0000901"), bench.ask("00D6000302AABB"), bench.ask("0084000008")) == ("6B00", "6A84", "6D00")
    assert (bench.ask("80CA000000"), bench.ask("00A40000052F01")) == ("6E00", "6700")
    bench.unit.power_card()
    assert bench.ask("00B0000000") == "6986"


# The reader itself.


def test_lights_answer_with_their_state(bench):
    bench.lay("classic1k", UID4)
    assert bench.ask("FF00400D0400000000") == "9001"
    assert bench.ask("FF00400A0405050303") == "9003"  # green on, red left as it was
    assert (bench.unit.state()["lights"], bench.unit.state()["beeps"]) == (3, 3)
    assert bench.ask("FF00480000") == b"ACR122U203".hex().upper()  # no status word
    assert bench.ask("FF00000002D402") == "D503320106079000"


def test_escapes_of_an_acr1252():
    unit = Bench("acr1252u").unit
    code = 0x42000001
    assert unit.control(code, bytes.fromhex("E000001800")).endswith(b"ACR1252U_V202.2")
    assert unit.control(code, bytes.fromhex("E00000290102")) == bytes.fromhex("E10000000102")
    assert unit.control(code, bytes.fromhex("E0000028010A")) == bytes.fromhex("E10000000100")
    assert unit.control(code, b"\xe0") is None
    assert unit.control(0x42000D48, b"") == bytes.fromhex("130442000001")
    assert Bench("pcsc-generic").unit.control(code, b"") is None


def test_a_card_in_an_acr1252_is_reached_transparently():
    bench = Bench("acr1252u").lay("ntag213", UID7)
    assert bench.ask("FFC200010395016000") == "6A81"
    assert bench.ask("FFC20000028100") == "C0030090009000"
    assert bench.ask("FFC200010395016000") == "C0030090009201009602000097080004040201000F039000"


def test_impossible_cards_and_faults_are_refused(bench):
    for kind, memory in (
        ("ntag213", {"counter": "x"}), ("iso7816", {"files": {"2F01": "x"}}), ("classic1k", {"blocks": {"64": "00"}}),
    ):  # fmt: skip
        with pytest.raises(CardInvalid):
            bench.lay(kind, UID7, **memory)
    slot = Bench("acr39-sle4442")
    for memory in ({"code": "00"}, {"bytes": {"255": "0000"}}, {"tries": 9}, {"protected": [32]}, {"bytes": [1]}):
        with pytest.raises(CardInvalid):
            slot.lay("sle4442", **memory)
    for fault, settings in (("slow_card", {"seconds": "x"}), ("card_pulled", {"answer": "x"}), ("exclusive", {"a": 1})):
        with pytest.raises(FaultUnknown):
            bench.unit.set_fault(fault, settings)
    assert bench.unit.card is None and bench.unit.faults == {}


def test_nonsense_is_answered(bench):
    bench.lay("classic1k", UID4)
    nonsense = {"FF": "6700", "00A40400": "6E00", "FFFF000000": "6A81", "FF860000050200046000": "6700"}
    for command, answer in nonsense.items():
        assert bench.ask(command) == answer
