"""A day with an Evolis printer: cards in and out, stripes, faces with the least wear, streams equal to the vendor's."""

import hashlib
import json
import threading
import time
from pathlib import Path

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.evolis import EvolisRewritePrinter
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.evolis.decoder import Decoder
from loyalty.devices.wire.evolis.messages import Plane
from loyalty.errors import Cancelled, DeviceOffline, LinkLost, NoCard, Rejected
from tests.devices.evolis_bench import ANNA, BERT, LEVEL, NAME, NEW, OLD, Bench, face_of, noon
from tests.devices.star_bench import with_facts

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "golden" / "evolis.json").read_text("utf-8"))
BLANK = face_of()


class Recorder:
    """A line to a printer that says yes to everything: keeps what a job sends."""

    url = "socket://a.printer"

    def __init__(self) -> None:
        self.sent, self._asked = b"", b""

    def write(self, data: bytes) -> None:
        self.sent += data
        self._asked = data

    def read(self, timeout_s: float) -> bytes:
        status = bytes.fromhex("0000001008010000020000000000000000000000020007040000000000")
        texts = {b"": status, b"\x1bRtp\r\0": b"Evolis Primacy 2\0"}
        return texts.get(self._asked, b"1923\0" if b"Rfv" in self._asked else b"OK\0")

    def close(self) -> None:
        pass


@pytest.fixture(params=["tcp", "pty"])
def bench(request):
    bench = Bench(pty=request.param == "pty")
    yield bench
    bench.close()


STREAMS = [row for row in GOLDEN["streams"] if row.get("eject", True)]


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row["name"])
def test_the_stream_equals_the_vendors_but_for_the_time(row):
    """sha256 of what the vendor's library writes for the same picture, with its time stamp set to 0."""
    line = Recorder()
    profile = with_facts(read_profile("evolis-primacy2"), job_settings=read_profile(row["profile"])["job_settings"])
    driver = EvolisRewritePrinter(line, profile, clock=noon, session=7)
    driver.start()
    driver.rewrite(face_of(*row["face"]), None if row["present"] is None else face_of(*row["present"]))
    start, end = line.sent.index(b"\x1bPsync;1;0\r"), line.sent.index(b"\x1bPsync;11;0\r") + len(b"\x1bPsync;11;0\r")
    stream = line.sent[start:end]
    assert (len(stream), hashlib.sha256(stream).hexdigest()) == (row["bytes"], row["sha256"])
    assert line.sent[end:].startswith(b"\0\x1bRfv\r\0")


def test_it_is_a_card_printer(bench):
    assert isinstance(bench.driver, CardPrinter)
    assert bench.driver.face_dots == (1016, 648)
    assert "Primacy 2" in bench.driver.firmware
    assert bench.driver.status().health is Health.READY


def test_a_card_comes_in_is_read_written_printed_and_leaves(bench):
    driver = bench.driver
    assert driver.position() is CardPosition.NONE
    bench.take_in(ANNA)
    assert driver.position() is CardPosition.INSIDE
    assert [driver.read_stripe(track) for track in (1, 2, 3)] == [None, "0412", None]
    driver.write_stripe({1: "ANNA", 2: "0413=8"})
    assert [driver.read_stripe(track) for track in (1, 2, 3)] == ["ANNA", "0413=8", None]
    driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert driver.position() is CardPosition.NONE


def test_a_face_goes_over_what_was_there(bench):
    for face in (OLD, NEW, BLANK):
        bench.take_in(ANNA)
        bench.driver.rewrite(face)
        assert bench.printed() == face
    assert bench.unit.works.out.face.cycles == 3


def test_each_card_keeps_its_own_face(bench):
    for card, face in ((ANNA, OLD), (BERT, NEW)):
        bench.take_in(card)
        bench.driver.rewrite(face)
    bench.take_in(ANNA)
    assert bench.printed() == OLD


def planes_sent(bench, face, present):
    before = {name: bench.said(f"plane {name}") for name in ("write", "erase")}
    bench.driver.rewrite(face, present)
    return {name for name in before if bench.said(f"plane {name}") > before[name]}


def test_only_what_changes_is_erased():
    bench = Bench()
    bench.take_in(ANNA)
    assert planes_sent(bench, OLD, BLANK) == {"write"}  # on a white card nothing is erased
    card = bench.unit.works.out
    assert (bench.printed(), card.face.cycles) == (OLD, 0)
    bench.take_in(ANNA)
    assert planes_sent(bench, NEW, OLD) == {"write", "erase"}
    assert (bench.printed(), card.face.cycles) == (NEW, 0)  # 2 per cent of the face are no cycle yet
    bench.take_in(ANNA)
    assert planes_sent(bench, NEW, NEW) == set()  # an unchanged face is left alone
    assert bench.driver.position() is CardPosition.NONE
    assert bench.printed() == NEW
    bench.take_in(ANNA)
    assert planes_sent(bench, face_of(NAME), NEW) == {"write", "erase"}
    assert bench.printed() == face_of(NAME)
    bench.close()


def test_a_printer_without_masks_erases_all_or_nothing():
    bench = Bench(erase="whole")
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD, BLANK)
    assert bench.unit.works.out.face.cycles == 0
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW, OLD)
    assert (bench.printed(), bench.unit.works.out.face.cycles) == (NEW, 1)
    bench.close()


def test_many_small_erasures_wear_the_card_like_one_large():
    bench = Bench()
    half = face_of((0, 0, 1016, 324))
    for shown, wanted in ((BLANK, half), (half, BLANK), (BLANK, half), (half, BLANK)):
        bench.take_in(ANNA)
        bench.driver.rewrite(wanted, shown)
    assert bench.unit.works.out.face.cycles == 1
    bench.close()


def test_erase_clears_the_whole_face_and_gives_the_card_back(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    bench.driver.erase()
    assert bench.printed() == BLANK
    assert bench.driver.position() is CardPosition.NONE


def test_a_card_without_thermal_layer_stays_as_it_is(bench):
    bench.take_in({"kind": "magnetic", "tracks": {"2": "77"}})
    bench.driver.rewrite(NEW)
    assert bench.printed() == BLANK


def test_nobody_puts_a_card_in(bench):
    began = time.monotonic()
    with pytest.raises(NoCard):
        bench.driver.take_in(0.4, lambda: False)
    assert 0.3 < time.monotonic() - began < 2
    assert not bench.unit.works.waiting  # the printer does not go on waiting by itself
    bench.take_in(ANNA)


def test_waiting_ends_when_it_is_cancelled(bench):
    bench.connect()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        bench.driver.take_in(30, lambda: time.monotonic() - began > 0.2)
    assert not bench.unit.works.waiting
    bench.put(ANNA)
    assert bench.driver.position() is not CardPosition.INSIDE
    bench.take_in()


def test_the_printer_gives_up_waiting_before_we_do(bench):
    bench.unit.works.insert_wait_s = 0.1
    threading.Timer(0.5, bench.put, (ANNA,)).start()
    bench.driver.take_in(5, lambda: False)
    assert bench.driver.read_stripe(2) == "0412"


def test_a_card_comes_while_somebody_waits(bench):
    threading.Timer(0.3, bench.put, (BERT,)).start()
    bench.driver.take_in(5, lambda: False)
    assert bench.driver.read_stripe(2) == "0007"


def test_nothing_is_done_without_a_card(bench):
    for verb in (lambda: bench.driver.rewrite(NEW), lambda: bench.driver.write_stripe({2: "1"}), bench.driver.erase):
        with pytest.raises(NoCard) as caught:
            verb()
        assert caught.value.half == "untouched"
    with pytest.raises(NoCard):
        bench.driver.read_stripe(2)
    bench.driver.eject()  # nothing to push out is no error
    assert bench.unit.feeder == 100


def test_blank_cards_come_from_the_feeder_where_the_profile_says_so():
    bench = Bench(input_tray="F")
    bench.driver.rewrite(NEW)
    assert (bench.printed(), bench.unit.feeder) == (NEW, 99)
    bench.close()


def test_a_card_is_given_back_unchanged(bench):
    bench.take_in(ANNA)
    bench.driver.eject()
    assert bench.driver.position() is CardPosition.NONE
    assert bench.unit.state()["position"] == "hopper"


def test_reset_restarts_the_printer_and_frees_the_card(bench):
    bench.take_in(ANNA)
    bench.driver.reset()
    assert bench.driver.position() is CardPosition.NONE
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_what_a_track_cannot_hold_is_refused_before_anything_moves(bench):
    bench.take_in(ANNA)
    for tracks, why in (({2: "M-0412"}, "cannot hold 'M'"), ({2: "4" * 38}, "takes 37"), ({4: "1"}, "no head")):
        with pytest.raises(Rejected, match=why) as caught:
            bench.driver.write_stripe(tracks)
        assert caught.value.half == "untouched"
    bench.driver.write_stripe({})
    assert bench.unit.works.card.tracks == {"2": "0412"}


def test_a_face_of_the_wrong_size_is_refused(bench):
    with pytest.raises(Rejected, match="480x320") as caught:
        bench.driver.rewrite(Raster.blank(480, 320))
    assert caught.value.half == "untouched"


def test_a_track_of_another_kind_is_no_track_of_this_head(bench):
    """JIS II lies on the front of the card; the ISO head passes the back."""
    bench.take_in({"kind": "rewritable", "uid": "04AABBCC", "tracks": {"2": "M-0412"}})
    assert bench.driver.read_stripe(2) is None


def test_a_printer_of_another_model_is_not_driven():
    bench = Bench(model_reply="Zenius")
    with pytest.raises(Rejected, match="'Evolis Primacy 2', which is no") as caught:
        bench.connect()
    assert "profile" in caught.value.advice
    bench.close()


def test_a_printer_that_another_program_has_reserved(bench):
    bench.take_in(ANNA)
    bench.unit.panel._reserve(0x0BAD, 60)
    with pytest.raises(DeviceOffline, match="Another program") as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "untouched"
    bench.unit.panel._reserve(0, 45)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.unit.panel.status().session == 0  # given back


def test_it_is_busy_while_it_works():
    bench = Bench()
    bench.take_in(ANNA)
    bench.unit.set_fault("slow", {"seconds": 0.15})
    job = threading.Thread(target=bench.driver.rewrite, args=(NEW,))
    job.start()
    time.sleep(0.1)
    assert bench.driver.status().health is Health.BUSY
    job.join()
    bench.close()


def test_nobody_is_at_the_port():
    bench = Bench()
    bench.unit.set_fault("power_cut", {})
    with pytest.raises(LinkLost, match="closed the connection"):
        bench.connect()
    bench.close()


def test_what_is_sent_decodes_to_what_was_meant():
    line = Recorder()
    driver = EvolisRewritePrinter(line, read_profile("evolis-primacy"), clock=noon, session=7)
    driver.start()
    driver.rewrite(face_of(LEVEL), face_of(NAME))
    planes = [message for message in Decoder().feed(line.sent) if isinstance(message, Plane)]
    assert [(plane.panel, plane.dots.count(0xFF) > 0) for plane in planes] == [("k", True), ("o", True)]
