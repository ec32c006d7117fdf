"""The simulated Evolis printer as a stranger meets it: bytes on a socket, pictures and faults over HTTP."""

import json

import pytest
from PIL import ImageChops

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis import job
from loyalty.devices.wire.evolis.messages import Command, CompressedPlane, Geometry, Plane
from loyalty.devices.wire.evolis.raster import compressed, plane_of
from loyalty.devices.wire.evolis.replies import ReplyDecoder
from tests.devices.evolis_bench import ANNA, NEW, OLD, face_of
from tests.simulators.evolis_stranger import Stranger

ALL = b"\xff" * 82296


@pytest.fixture
def printer():
    printer = Stranger()
    yield printer
    printer.close()


def rewriting(face: Raster, erase: bytes | None = ALL) -> bytes:
    stream = job.rewrite_stream(job.RewriteJob(plane_of(face), erase, 0))
    return job.encoded(stream) + job.encoded(job.end_question())


def test_a_connection_without_a_word_asks_for_the_state(printer):
    answer = printer.ask(b"")
    assert answer[:4] == b"\0\0\0\x10" and answer[20:21] == b"\x02" and len(answer) == 23 + 4 * 5
    assert {"CFG_REWRITE", "CFG_MAGNETIC", "CFG_FEED_BY_FEEDER"} <= printer.status().flags


def test_the_probe_for_another_make_is_not_answered(printer):
    assert printer.ask(bytes.fromhex("1C6E00000000")) == b""


def test_what_it_says_of_itself(printer):
    said = {text: printer.command(text) for text in ("Rtp", "Rfv", "Rsn", "Rok", "Rlr", "Nonsense", "Xyz;1")}
    assert said == {
        "Rtp": "Evolis Primacy 2", "Rfv": "1923", "Rsn": "10000412345", "Rok": "OK", "Rlr": "OK",
        "Nonsense": "ERROR CDE", "Xyz;1": "ERROR CDE",
    }  # fmt: skip


def test_the_picture_that_goes_in_is_the_one_that_is_shown(printer):
    printer.put(ANNA)
    assert printer.command("Pcim;C") == "OK"
    assert printer.command("Si") == "OK"
    assert printer.ask(rewriting(NEW)) == b"1923\0"
    assert printer.seen() == NEW
    state = json.loads(printer.http("GET", "/state"))
    assert (state["position"], state["card"]["uid"], state["cycles"]) == ("hopper", ANNA["uid"], 1)


def test_without_erasing_the_old_picture_stays(printer):
    for face, erase in ((OLD, ALL), (NEW, None)):
        printer.put(ANNA)
        printer.command("Pcim;C")
        printer.command("Si")
        printer.ask(rewriting(face, erase))
    both = int.from_bytes(OLD.rows) | int.from_bytes(NEW.rows)
    assert printer.seen().rows == both.to_bytes(len(OLD.rows))


def test_a_worn_card_shows_its_ghosts(printer):
    printer.put({**ANNA, "face": {"cycles": 450}})
    printer.command("Pcim;C")
    for face in (OLD, face_of()):
        printer.put(ANNA)
        printer.command("Si")
        printer.ask(rewriting(face))
    card = printer.unit.works.out
    assert card.face.cycles == 452
    assert ImageChops.multiply(card.face.ghost, card.face.ghost).getbbox()
    assert printer.seen() == face_of()  # pale, but there


def test_a_job_in_two_connections_as_the_library_sends_it_when_it_watches_the_state(printer):
    printer.tell(Command("Pps", ("1",)))
    stream = job.encoded(job.rewrite_stream(job.RewriteJob(plane_of(NEW), ALL, 0)))
    at = stream.index(b"\x1bPcla;0\r")
    (answer,) = ReplyDecoder(with_status=True).feed(printer.ask(stream[:at]))
    assert "INF_CLAIM" in answer.status.flags
    (last,) = ReplyDecoder(with_status=True).feed(printer.ask(stream[at:] + job.encoded(job.end_question())))
    assert last.text == "1923"
    assert "INF_CLAIM" not in last.status.flags
    assert printer.burnt() == NEW


@pytest.mark.parametrize("form", ["Db", "Dbc", "Dbx"])
def test_planes_in_every_form(printer, form):
    dots, planes = plane_of(NEW), {}
    lines = [dots[at : at + 81] for at in range(0, len(dots), 81)]
    planes["Db"] = Plane("k", 2, dots)
    planes["Dbc"] = compressed(dots, "k", Geometry())
    planes["Dbx"] = Plane("k", 2, b"".join(line * 2 for line in lines), (600, 300))
    printer.tell(Command("Ss"), planes[form], Command("Se"))
    assert printer.burnt() == NEW


@pytest.mark.parametrize(
    "plane",
    [Plane("k", 2, bytes(82000)), Plane("y", 2, ALL), Plane("k", 128, ALL * 7), CompressedPlane("k", 2, 0, b"\x60a")],
    ids=["short", "colour", "levels", "line too long"],
)
def test_a_job_that_it_cannot_print_leaves_the_card_alone(printer, plane):
    stream = [*job.rewrite_stream(job.RewriteJob(plane_of(NEW), None, 0))]
    at = next(number for number, message in enumerate(stream) if isinstance(message, Plane))
    stream[at] = plane
    printer.ask(job.encoded(stream) + job.encoded(job.end_question()))
    assert "ERR_FEATURE" in printer.status().flags
    assert printer.burnt() == face_of()
    assert printer.command("Scs") == "OK"
    assert "ERR_FEATURE" not in printer.status().flags


def test_the_trace_is_readable_and_keeps_no_whole_planes(printer):
    printer.ask(rewriting(NEW))
    rows = json.loads(printer.http("GET", "/wire"))
    assert any("Db plane write, 82296 bytes" in row["meaning"] for row in rows)
    assert max(len(row["hex"]) for row in rows) <= 1024
