"""When the receipt printer is in trouble: told in words, and the next receipt is whole."""

import time

import pytest

from loyalty.contract.paper import Cut, QrCode, Text
from loyalty.devices.interfaces import Health
from loyalty.devices.wire.escpos import Decoder, RealTime, Unknown
from loyalty.errors import CoverOpen, DeviceOffline, LinkLost, NeedsRepair, NoAnswer, OutOfPaper
from tests.devices.escpos_bench import HURRIED, PATIENT, Till
from tests.printing.samples import CHINESE_RECEIPT, RECEIPT

SLIP = (Text("Thank you"), QrCode("p_1"), Cut())


@pytest.fixture
def till():
    till = Till()
    yield till
    till.close()


TROUBLE = [
    ("cover_open", CoverOpen, Health.NEEDS_PERSON),
    ("paper_end", OutOfPaper, Health.NEEDS_PERSON),
    ("offline", DeviceOffline, Health.NEEDS_PERSON),
]


@pytest.mark.parametrize(("fault", "error", "health"), TROUBLE)
def test_trouble_is_told_before_anything_is_printed(till, fault, error, health):
    till.fault(fault)
    with pytest.raises(error) as raised:
        till.printer.print(SLIP)
    status = till.printer.status()
    assert (status.health, status.cause) == (health, raised.value.code)
    assert status.advice == raised.value.advice != ""
    assert till.unit.state()["counters"]["cuts"] == 0
    till.mend()
    assert till.printer.status().health is Health.READY
    till.printer.print(SLIP)
    assert till.codes() == [("QRCode", "p_1")]


@pytest.mark.parametrize(("fault", "error", "_"), TROUBLE)
def test_trouble_in_the_middle_of_a_receipt_is_told(till, fault, error, _):
    till.after_bytes(12_000, lambda: till.fault(fault))
    with pytest.raises(error):
        till.printer.print(till.lay_out(CHINESE_RECEIPT))
    till.mend()
    till.printer.print((QrCode("again"), Cut()))
    assert till.codes() == [("QRCode", "again")]


def test_a_torso_that_answers_late_does_not_confirm_the_next_receipt(till, monkeypatch):
    """With new paper it goes on: it answers for the torso, and later for the question behind it."""
    till.fault("paper_end", after_rows=200)
    with pytest.raises(OutOfPaper):
        till.printer.print(till.lay_out(RECEIPT))
    said, say = [], till.unit.say

    def say_slowly(data, meaning=""):
        if meaning.startswith("status in order"):
            said.append(meaning)
            time.sleep(0.5)
        say(data, meaning)

    monkeypatch.setattr(till.unit, "say", say_slowly)
    till.mend()
    till.printer.print((QrCode("next"), Cut()))
    assert len(said) == 3  # for the torso, for the order to finish it, and for the receipt
    assert till.codes(within_s=0) == [("QRCode", "next")]


def test_paper_that_ends_under_the_head_is_noticed_after_the_last_byte(till):
    till.fault("paper_end", after_rows=200)
    with pytest.raises(OutOfPaper, match="out of paper"):
        till.printer.print(till.lay_out(RECEIPT))
    assert till.unit.state()["paper"] == {"left_mm": 0, "near_end": True, "end": True}


def test_low_paper_prints_and_is_mentioned(till):
    till.fault("paper_near_end")
    till.printer.print(SLIP)
    status = till.printer.status()
    assert status.health is Health.READY
    assert "running low" in status.detail


def test_a_jammed_knife_needs_a_technician(till):
    till.fault("cutter_jam")
    with pytest.raises(NeedsRepair, match="knife is jammed") as raised:
        till.printer.print((*SLIP, Text("more")))
    assert "pull out the paper" in raised.value.advice
    assert till.printer.status().health is Health.FAULT
    till.mend()
    till.printer.print(SLIP)


def test_a_silent_printer_is_told_from_a_cut_cable(till):
    till.connect(HURRIED)
    till.fault("silent")
    with pytest.raises(NoAnswer):
        till.printer.print(SLIP)
    till.mend()
    till.fault("cut")
    with pytest.raises(LinkLost):
        till.printer.status()


def test_a_receipt_that_is_never_confirmed_is_not_called_printed(till):
    till.connect(HURRIED)
    till.after_bytes(12_000, lambda: till.fault("silent"))
    with pytest.raises(NoAnswer):
        till.printer.print(till.lay_out(CHINESE_RECEIPT))


@pytest.mark.parametrize("after_bytes", [0, 100, 700, 3600, 9000, 20000])
def test_after_a_power_cut_at_any_byte_the_next_receipt_is_whole(till, after_bytes):
    parts = till.lay_out(CHINESE_RECEIPT)
    till.printer.print(SLIP)
    till.connect(HURRIED)
    till.fault("power_cut", after_bytes=after_bytes)
    with pytest.raises((LinkLost, NoAnswer)):
        till.printer.print(parts)
    till.printer.close()
    till.mend()
    till.connect(PATIENT)
    till.printer.print((QrCode("whole"), Cut()))
    assert till.codes() == [("QRCode", "whole")]


@pytest.mark.parametrize("lost", [1, 9, 500])
def test_a_program_that_died_inside_a_picture_leaves_no_trace_on_the_next_receipt(till, lost):
    """The printer still waits for the rest of a strip when another program takes over the line."""
    strip = b"\x1dv0\x00\x48\x00\x30\x00" + bytes(72 * 48 - lost)
    till.unit.receive(strip)
    assert till.unit.state()["waiting"] == len(strip)
    till.connect()
    till.printer.print(SLIP)
    assert till.codes() == [("QRCode", "p_1")]
    assert till.unit.state()["unknown_commands"] == []


def test_a_pushed_status_is_not_taken_for_an_answer(till):
    """The cover opens and closes while the printer is idle; what it pushed lies on the line before the next answer."""
    till.printer.print(SLIP)
    till.unit.receive(b"\x1da\x0f")
    till.fault("cover_open")
    till.mend()
    till.settle()
    assert till.printer.status().health is Health.READY
    till.printer.print(SLIP)


def test_the_state_is_never_asked_inside_a_broken_off_picture(till):
    till.after_bytes(12_000, lambda: till.fault("cover_open"))
    with pytest.raises(CoverOpen):
        till.printer.print(till.lay_out(CHINESE_RECEIPT))
    for _ in range(3):
        till.printer.status()
    till.mend()
    till.printer.print(SLIP)
    messages = Decoder().feed(till.sent())
    assert not [message for message in messages if isinstance(message, Unknown)]
    asked = [message for message in messages if isinstance(message, RealTime)]
    assert len(asked) == till.unit.state()["counters"]["real_time"]


def test_with_buffers_that_can_be_cleared_no_torso_follows():
    till = Till(clears_buffers=True)
    till.after_bytes(12_000, lambda: till.fault("cover_open"))
    with pytest.raises(CoverOpen):
        till.printer.print(till.lay_out(CHINESE_RECEIPT))
    till.mend()
    till.printer.print(SLIP)
    assert till.unit.state()["unknown_commands"] == []
    assert till.codes() == [("QRCode", "p_1")]
    till.close()


def test_a_model_without_answers_in_order_is_asked_afterwards():
    till = Till(status_in_order=False, status_back=False)
    till.printer.print(SLIP)
    assert b"\x1dr" not in till.sent() and b"\x1da" not in till.sent()
    till.settle()
    assert till.codes() == [("QRCode", "p_1")]
    till.close()
