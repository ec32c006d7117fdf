"""The simulated Evolis printer with a stranger: stripes, waiting, faults, restart, nonsense."""

import json
import threading
import time
import urllib.error

import pytest

from tests.devices.evolis_bench import ANNA
from tests.simulators.evolis_stranger import Stranger


@pytest.fixture
def printer():
    printer = Stranger()
    yield printer
    printer.close()


def test_stripes(printer):
    for text in ("Ss", "Pmc;h", "Pmt;1;1", "Pmt;2;2", "Dm;1;ANNA LEE", "Dm;2;0412", "Smw", "Smr"):
        assert printer.command(text) == "OK"
    assert [printer.command(f"Rmb;{track}") for track in "123"] == ["ANNA LEE", "0412", "ERROR BLANK TRACK"]
    assert "ERR_BLANK_TRACK" in printer.status().flags
    assert printer.command("Dm;2;0412X") == "OK"
    assert printer.command("Smw") == "ERROR CDE"
    assert "ERR_MAGNETIC_DATA" in printer.status().flags


def test_a_reservation_keeps_others_off_until_its_time_is_over(printer):
    printer.command("Psid;77;1")
    printer.command("Psid;78;45")
    assert printer.status().session == 77
    printer.unit.panel._now = lambda: time.monotonic() + 2
    assert printer.status().session == 0
    printer.command("Psid;78;45")
    assert printer.status().session == 78
    printer.command("Psid;0;45")
    assert printer.status().session == 0


def test_while_it_waits_for_a_card_others_are_answered(printer):
    printer.command("Pcim;C")
    answers: list[str] = []
    waiting = threading.Thread(target=lambda: answers.append(printer.command("Si")))
    waiting.start()
    while "WAR_WAIT_CARD" not in printer.status().flags:
        time.sleep(0.01)
    assert printer.command("Rtp") == "Evolis Primacy 2"
    printer.put(ANNA)
    waiting.join(5)
    assert answers == ["OK"]
    assert "INF_CARD_PRINT" in printer.status().flags


@pytest.mark.parametrize(
    ("fault", "text", "said", "flag"),
    [
        ("card_jam", "Si", "ERROR MECHANICAL", "ERR_MECHANICAL"),
        ("feeder_empty", "Si", "ERROR FEEDER", "ERR_FEEDER_ERROR"),
        ("cover_open", "Si", "ERROR", "ERR_COVER_OPEN"), ("mag_read", "Smr", "ERROR", "ERR_READ_MAGNETIC"),
    ],
)  # fmt: skip
def test_faults_are_said_and_shown(printer, fault, text, said, flag):
    if text == "Smr":
        printer.command("Si")
    printer.http("POST", "/fault", {"name": fault})
    assert printer.command(text) == said
    assert flag in printer.status().flags
    printer.http("DELETE", "/fault")
    printer.command("Scs")
    assert printer.command(text) == "OK"


def test_after_srs_it_is_gone_for_a_while(printer):
    printer.command("Pem;2")
    assert printer.command("Srs") == "OK"
    gone = False
    for _ in range(200):
        try:
            back = bool(printer.ask(b""))
        except OSError:
            back = False
        if gone and back:
            break
        gone = gone or not back
        time.sleep(0.01)
    assert gone
    assert "INF_PRINTER_MASTER" in printer.status().flags  # error management was not saved


def test_bad_input_over_http_is_refused_in_one_sentence(printer):
    for body, why in (
        ({"name": "no_such"}, "no fault 'no_such'"),
        ({"name": "power_cut", "after_bytes": -1}, "number from 0"),
        ({"name": "card_jam", "when": "never"}, "moved, erased, printed"),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            printer.http("POST", "/fault", body)
        assert caught.value.code == 400
        assert why in json.loads(caught.value.read())["error"]


def test_a_card_is_taken_away_from_wherever_it_is(printer):
    printer.put(ANNA)
    assert json.loads(printer.http("DELETE", "/card"))["card"]["uid"] == ANNA["uid"]
    assert json.loads(printer.http("DELETE", "/card"))["card"] is None
    assert json.loads(printer.http("GET", "/state"))["position"] == "none"


def test_a_real_printer_takes_its_time():
    for speed, least, most in (("real", 0.3, 5.0), ("fast", 0.0, 0.2)):
        printer = Stranger(speed=speed)
        began = time.monotonic()
        printer.unit.works._let_pass(0.3)
        assert least <= time.monotonic() - began < most


@pytest.mark.parametrize("noise", [b"\0" * 5000, bytes(range(256)) * 20, b"\x1b" * 3000, b"\x1bDb;k;2;abc", b"<" * 900])
def test_noise_harms_nobody(printer, noise):
    printer.ask(noise)
    printer.command("Scs")
    assert printer.command("Rtp") == "Evolis Primacy 2"
    assert not {flag for flag in printer.status().flags if flag.startswith("ERR")}
