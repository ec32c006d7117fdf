"""The language of Evolis printers against bytes that the vendor's library wrote or read, and against broken lines."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis import flags, job, messages, replies
from loyalty.devices.wire.evolis.decoder import MAX_COMMAND, Decoder
from loyalty.devices.wire.evolis.messages import Broken, Command, CompressedPlane, Framing, Geometry, Nul, Plane, Tag
from loyalty.devices.wire.evolis.raster import plane_of, raster_of
from loyalty.devices.wire.evolis.replies import BadReply, Reply, ReplyDecoder
from loyalty.devices.wire.evolis.status import Status

GOLDEN = json.loads((Path(__file__).parent / "golden" / "evolis.json").read_text("utf-8"))
SMALL = Geometry(width=24, height=16)


def message(row):
    """The message that a golden row describes, and its bytes."""
    kind = row["kind"]
    if kind == "Plane":
        dots = bytes.fromhex(row["fill"]) * row["bytes"]
        dpi = tuple(row["dpi"]) if row["dpi"] else None
        return Plane(row["panel"], row["levels"], dots, dpi), bytes.fromhex(row["head"]) + dots + b"\r"
    data = bytes.fromhex(row["hex"])
    if kind == "Command":
        return Command.parse(row["text"]), data.rstrip(b"\0")
    if kind == "CompressedPlane":
        return CompressedPlane(row["panel"], row["levels"], row["first_line"], bytes.fromhex(row["data"])), data
    if kind in ("Tag", "Broken"):
        return getattr(messages, kind)(row["text"]), data.rstrip(b"\0")
    return getattr(messages, kind)(), data


def answer(row):
    if row["kind"] == "Reply":
        words = row.get("status")
        if words is None:
            return Reply(row["text"])
        fields = [int(words[name], 16) for name in ("config", "information", "warning", "error")]
        return Reply("", Status(*fields, words["session"], tuple(int(word, 16) for word in words["extensions"])))
    return getattr(replies, row["kind"])(*([row["code"]] if "code" in row else []))


def name_of(row):
    return f"{row['kind']} {row.get('text', row.get('panel', row.get('code', '')))}".strip()


@pytest.mark.parametrize("row", GOLDEN["messages"], ids=name_of)
def test_golden_message(row):
    expected, data = message(row)
    assert messages.encode(expected) == data
    tail = b"\0" if row["kind"] == "Broken" else b""
    assert Decoder().feed(data + tail) == [expected, *([Nul()] if tail else [])]


@pytest.mark.parametrize("row", GOLDEN["answers"], ids=name_of)
def test_golden_answer(row):
    expected, data = answer(row), bytes.fromhex(row["hex"])
    assert replies.encode(expected) == data
    assert ReplyDecoder(with_status="status" in row).feed(data) == [expected]


def test_every_message_has_a_golden_vector_with_its_source():
    rows = [*GOLDEN["messages"], *GOLDEN["answers"], *GOLDEN["streams"], *GOLDEN["dots"]]
    assert all(row["source"] for row in rows)
    kinds = {kind.__name__ for kind in messages.Message.__args__}
    assert {row["kind"] for row in GOLDEN["messages"]} == kinds
    assert {row["kind"] for row in GOLDEN["answers"]} == {"Reply", "Ack", "Nack"}


@pytest.mark.parametrize("row", GOLDEN["dots"], ids=lambda row: f"{row['x']},{row['y']}")
def test_golden_dot(row):
    rows = bytearray(127 * 648)
    rows[row["y"] * 127 + row["x"] // 8] = 0x80 >> row["x"] % 8
    plane = plane_of(Raster(1016, 648, bytes(rows)))
    assert {at: byte for at, byte in enumerate(plane) if byte} == {row["byte"]: row["mask"]}
    assert raster_of(plane, Geometry()).rows == bytes(rows)


@pytest.mark.parametrize("eject", [True, False])
def test_a_stream_equals_the_vendors(eject):
    """Streams that depend on the driver's choice of planes are in tests/devices; here only what the wire writes."""
    row = next(row for row in GOLDEN["streams"] if row.get("eject", True) == eject)
    rows = bytearray(127 * 648)
    for left, top, width, height in row["face"]:
        for y in range(top, top + height):
            for x in range(left, left + width):
                rows[y * 127 + x // 8] |= 0x80 >> x % 8
    dots = plane_of(Raster(1016, 648, bytes(rows)))
    stream = job.encoded(job.rewrite_stream(job.RewriteJob(dots, b"\xff" * len(dots), 0, eject=eject)))
    assert (len(stream), hashlib.sha256(stream).hexdigest()) == (row["bytes"], row["sha256"])


COMMANDS = st.sampled_from([Command.parse(row["text"]) for row in GOLDEN["messages"] if row["kind"] == "Command"])
SPOKEN = st.one_of(
    COMMANDS.filter(lambda command: command.name != "Psc"),
    st.builds(Tag, st.sampled_from(["HEADER", "/FACE", "BINARY Size=56"])),
    st.just(Nul()),
    st.builds(Plane, st.sampled_from("ko"), st.just(2), st.binary(min_size=48, max_size=48)),
    st.builds(CompressedPlane, st.just("k"), st.just(2), st.just(0), st.binary(min_size=1, max_size=60)),
)


@given(st.lists(SPOKEN, max_size=8), st.data())
def test_any_split_decodes_the_same(spoken, data):
    stream = job.encoded(spoken)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder, found = Decoder(SMALL), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == spoken


HALF_SAID = [b"\x1bDb;k;2;", b"\x1bDbc;k;2;0;9;", b"\x1bPsc;0;1;2\r", b"\x1bPsc;1;2;3\r", b"<A", b"\x1cn"]
NOISE = st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(HALF_SAID)), max_size=12).map(b"".join)


@settings(max_examples=150)
@given(NOISE, st.booleans())
def test_garbage_raises_nothing_and_any_split_agrees(noise, with_status):
    for make in (lambda: Decoder(SMALL), lambda: ReplyDecoder(with_status)):
        whole, single = make(), make()
        together = whole.feed(noise)
        assert together == [found for byte in noise for found in single.feed(bytes([byte]))]


@given(st.lists(SPOKEN, min_size=1, max_size=5), st.data())
def test_a_spoilt_byte_never_takes_more_than_a_plane_with_it(spoken, data):
    stream = bytearray(job.encoded(spoken))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at : at + 1] = data.draw(st.binary(max_size=2))
    decoder = Decoder(SMALL)
    decoder.feed(bytes(stream) + b"\r" * (SMALL.width * (SMALL.line_bytes + 1) * 7 + 1))
    assert decoder.feed(b"\x1bRfv\r")[-1] == Command("Rfv")


def test_endless_data_takes_no_endless_memory():
    decoder, answers = Decoder(), ReplyDecoder()
    decoder.feed(b"\x1bDm;2;")
    for _ in range(10):
        decoder.feed(b"x" * 4000)
        answers.feed(b"x" * 4000)
        assert len(decoder._heard) <= MAX_COMMAND
        assert len(answers._heard) <= replies.MAX_TEXT
    assert BadReply("a text without end") in ReplyDecoder().feed(b"x" * 4000)


def test_a_plane_may_hold_any_byte():
    dots = bytes(range(48))
    assert b"\x1b" in dots and b"\r" in dots and b"\0" in dots
    assert Decoder(SMALL).feed(messages.encode(Plane("k", 2, dots))) == [Plane("k", 2, dots)]


def test_a_plane_of_the_wrong_length_is_told_from_a_whole_one():
    short = b"\x1bDb;k;2;" + bytes(40) + b"\r</BINARY>\x1bSe\r"
    found = Decoder(SMALL).feed(short + b"\x1bRfv\r" * 4)
    assert isinstance(found[0], Broken)
    assert found[-1] == Command("Rfv")
    assert Decoder(Geometry(24, 16, given_bytes=60)).feed(b"\x1bDb;k;2;" + bytes(60) + b"\r") == [
        Plane("k", 2, bytes(60))
    ]


def test_a_command_without_its_end_does_not_swallow_the_next():
    assert Decoder().feed(b"\x1bRf\x1bRtp\r") == [Broken("Rf"), Command("Rtp")]


def test_the_guide_lets_a_command_begin_without_its_start_character():
    assert Decoder().feed(b"\x1bSs\rSr\r\x1bSe\r") == [Command("Ss"), Command("Sr"), Command("Se")]
    assert Decoder().feed(b"Ss\r") == []  # but not the first one


def test_framing_characters_change_and_come_back():
    decoder = Decoder(SMALL)
    found = decoder.feed(b"\x1bPsc;33;44;10\r!Pem,2\n!Db,k,2," + bytes(48) + b"\n!Psc\n\x1bRfv\r")
    assert [str(each) for each in found if isinstance(each, Command)] == ["Psc;33;44;10", "Pem;2", "Psc", "Rfv"]
    assert Plane("k", 2, bytes(48)) in found
    assert messages.encode(Command.parse("Pem;2"), Framing(33, 44, 10)) == b"!Pem,2\n"


@pytest.mark.parametrize("numbers", ["", "1", "27;27;13", "0;59;13", "256;59;13", "27;59;x", "27;59;13;4", "0027;59;3"])
def test_impossible_framing_changes_nothing(numbers):
    framing = Framing(33, 44, 10)
    changed = framing.after(Command.parse(f"Psc;{numbers}"))
    assert changed == framing


def test_a_command_that_its_framing_cannot_carry_is_refused():
    with pytest.raises(ValueError, match="frames commands"):
        messages.encode(Command("Dm", ("2", "04;12")))


def test_flags_have_the_places_of_the_vendors_header():
    assert len(flags.FLAGS) == len({place for place in flags.FLAGS.values()})
    status = Status.of(["CFG_REWRITE", "INF_CARD_PRINT", "WAR_REMOVE_RIBBON", "ERR_HEAD_TEMP"], session=7)
    assert (status.config, status.information) == (0x08010000, 0x02000000)
    assert (status.warning, status.error, status.session) == (0x40000000, 0x20000000, 7)
    assert status.extensions == (0x80000000, 0x80000000, 0x80000000, 0)
    assert {"WAR_REMOVE_RIBBON", "CFG_EXTENSION_4"} <= status.flags
    assert Status.of(["INF_CARD_MAN_FEED"]).extensions[2] == 0x88000000


@given(st.lists(st.sampled_from(sorted(flags.FLAGS)), unique=True), st.integers(0, 4), st.integers(0, 65535), st.text())
def test_a_status_block_is_read_as_it_was_written(names, extensions, session, text):
    kept = [name for name in names if flags.FLAGS[name][0] < 4 + extensions and "EXTENSION" not in name]
    status = Status.of(kept, session, extensions)
    text = text.encode("latin-1", "ignore").decode("latin-1").replace("\0", "").lstrip("\x06\x15")
    decoder = ReplyDecoder(with_status=True)
    assert decoder.feed(replies.encode(Reply(text, status)) * 2) == [Reply(text, status)] * 2
    assert set(kept) <= status.flags
