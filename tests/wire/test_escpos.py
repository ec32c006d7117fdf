"""ESC/POS on the wire: bytes of manuals and of other programs, in any pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contract.raster import Raster
from loyalty.devices.wire.escpos import (
    Command,
    Decoder,
    Demultiplexer,
    Message,
    Printable,
    RealTime,
    RealTimeEar,
    Unknown,
    answers,
    encode,
)
from loyalty.devices.wire.escpos.star_line import STAR_LINE
from loyalty.devices.wire.escpos.tables import ESCPOS
from tests.receipt_streams import FAULTS_OF_THE_WRITER, NAMES, STAR, stream


def joined(messages: list[Message]) -> list[Message]:
    """Neighbouring pieces of text as one: where a stream is split must not matter."""
    whole: list[Message] = []
    for message in messages:
        if isinstance(message, Printable) and whole and isinstance(whole[-1], Printable):
            whole[-1] = Printable(whole[-1].data + message.data)
        else:
            whole.append(message)
    return whole


@pytest.mark.parametrize("name", NAMES)
def test_streams_of_other_programs_hold_no_unknown_command(name):
    decoder = Decoder(STAR_LINE if name in STAR else ESCPOS)
    messages = decoder.feed(stream(name))
    unknown = [message.data for message in messages if isinstance(message, Unknown)]
    assert unknown == FAULTS_OF_THE_WRITER.get(name, []) and decoder.pending == 0
    cuts = {message.name for message in messages if isinstance(message, Command) and "cut" in message.name}
    assert cuts == {"star cut" if name in STAR else "cut"}


def test_a_star_stream_is_survived_by_the_other_table():
    data = stream("rl_starmbcs")
    assert sum(isinstance(message, Unknown) for message in Decoder().feed(data)) > 100


@pytest.mark.parametrize("name", NAMES)
def test_byte_by_byte_reads_the_same(name):
    data, language = stream(name), STAR_LINE if name in STAR else ESCPOS
    decoder = Decoder(language)
    single = [message for byte in data for message in decoder.feed(bytes((byte,)))]
    assert joined(single) == joined(Decoder(language).feed(data))


@given(st.lists(st.integers(0, 2588), max_size=6), st.sampled_from(["rl_epson", "receipt-with-logo", "barcode"]))
def test_any_split_reads_the_same(cuts, name):
    data = stream(name)
    edges = [0, *sorted(cuts), len(data)]
    decoder = Decoder()
    pieces = [data[start:end] for start, end in pairwise(edges)]
    assert joined([message for piece in pieces for message in decoder.feed(piece)]) == joined(Decoder().feed(data))


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_decoder(data):
    decoder = Decoder()
    decoder.feed(data)
    RealTimeEar().feed(data)
    Demultiplexer().feed(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x1b@", Command("initialise")),
        (b"\x1d!\x11", Command("size", b"\x11")),
        (b"\x1bD\x08\x10\x00", Command("tab stops", b"", b"\x08\x10\x00")),
        (b"\x1dV\x00", Command("cut", b"\x00")),
        (b"\x1dVB\x03", Command("cut", b"B", b"\x03")),
        (b"\x1dk\x02123456789012\x00", Command("bars", b"\x02", b"123456789012\x00")),
        (b"\x1dkI\x05{BA12", Command("bars", b"I", b"\x05{BA12")),
        (b"\x1dv0\x00\x02\x00\x01\x00\xff\x80", Command("raster", b"0\x00\x02\x00\x01\x00", b"\xff\x80")),
        (b"\x1b*!\x01\x00abc", Command("column picture", b"!\x01\x00", b"abc")),
        (b"\x1d(k\x03\x001Q0", Command("group set", b"k\x03\x00", b"1Q0")),
        (b"\x1d8L\x02\x00\x00\x0002", Command("large group set", b"L\x02\x00\x00\x00", b"02")),
        (b"\x1b&\x03AB\x01abc\x02defghi", Command("define glyphs", b"\x03AB", b"\x01abc\x02defghi")),
        (b"\x1cq\x01\x01\x00\x01\x00abcdefgh", Command("store pictures", b"\x01", b"\x01\x00\x01\x00abcdefgh")),
        (b"\x1bp\x00\x19\xfa", Command("drawer", b"\x00\x19\xfa")),
        (b"\x10\x04\x01", RealTime("send status now", b"\x01")),
        (b"\x10\x14\x01\x00\x05", RealTime("do now", b"\x01\x00\x05")),
        (encode.CLEAR_BUFFERS, RealTime("do now", b"\x08\x01\x03\x14\x01\x06\x02\x08")),
        (b"\x1b\xff", Unknown(b"\x1b\xff")),
    ],
)
def test_commands_as_the_manuals_write_them(data, message):
    assert Decoder().feed(data) == [message]


def test_an_unfinished_picture_waits_for_its_bytes():
    decoder = Decoder()
    assert decoder.feed(b"\x1dv0\x00\x02\x00\x02\x00\xff") == []
    assert decoder.pending == 9
    decoder.clear()
    assert decoder.feed(b"A") == [Printable(b"A")]


# -- real time ---------------------------------------------------------------------------------------------------------


def test_real_time_commands_are_heard_inside_a_picture_and_across_pieces():
    ear = RealTimeEar()
    assert ear.feed(b"\x1dv0\x00\x03\x00\x01\x00\x10") == []
    assert ear.feed(b"\x04\x02") == [(2, RealTime("send status now", b"\x02"))]


@given(st.lists(st.sampled_from(b"\x10\x04\x05\x14\x01\x00\x08"), min_size=1, max_size=200).map(bytes))
def test_no_real_time_command_hides_in_our_pictures(rows):
    picture = Raster(8, len(rows), rows)
    assert RealTimeEar().feed(b"".join(encode.raster(picture, 48))[8:]) == []


def test_a_picture_that_would_open_the_drawer_loses_no_dot():
    rows = b"\x10\x14\x01\x00\x05"
    assert encode.harmless(rows) == b"\x18\x14\x01\x00\x05"
    assert all(before & after == before for before, after in zip(rows, encode.harmless(rows), strict=True))


def test_pictures_go_in_strips_that_each_say_their_size():
    picture = Raster(16, 5, bytes(range(0x20, 0x2A)))
    first, second, third = encode.raster(picture, 2)
    assert first == b"\x1dv0\x00\x02\x00\x02\x00" + bytes(range(0x20, 0x24))
    assert second[:8] == first[:8]
    assert third == b"\x1dv0\x00\x02\x00\x01\x00" + bytes((0x28, 0x29))


def test_code_128_packs_pairs_of_digits_and_doubles_braces():
    assert encode.code_128("123456", 80, 2, True).endswith(b"\x1dkI\x05{C\x0c\x22\x38")
    assert encode.code_128("a{b", 80, 2, False).endswith(b"\x1dkI\x06{Ba{{b")
    assert encode.code_128("16200100", 80, 2, True).endswith(b"{B16200100")  # 10 14 01 00 would open the drawer
    with pytest.raises(ValueError, match="printable ASCII"):
        encode.code_128("é", 80, 2, True)


# -- what the printer says ---------------------------------------------------------------------------------------------

# Citizen iDP3221 p. 200 tells the kinds apart by these bits; TM-U295 p. 5-4 and TP80K p. 72 name the bits of each
ANSWERS = [
    (b"\x12", answers.NowAnswer(0x12)),
    (b"\x1a", answers.NowAnswer(0x1A)),
    (b"\x7e", answers.NowAnswer(0x7E)),
    (b"\x11", answers.Flow(True)),
    (b"\x13", answers.Flow(False)),
    (b"\x00", answers.ByteAnswer(0)),
    (b"\x0f", answers.ByteAnswer(0x0F)),
    (b"\x10\x00\x00\x00", answers.StatusBack(b"\x10\x00\x00\x00")),
    (b"\x3c\x00\x0c\x00", answers.StatusBack(b"\x3c\x00\x0c\x00")),
    (b"_TM-T88\x00", answers.BlockAnswer(0x5F, b"TM-T88")),
]


@pytest.mark.parametrize(("data", "answer"), ANSWERS)
def test_answers_are_told_apart_by_their_bits(data, answer):
    assert Demultiplexer().feed(data) == [answer]


def test_a_status_pushed_between_two_answers_is_no_answer():
    told = Demultiplexer().feed(b"\x12" + b"\x38\x00\x0c\x00" + b"\x16")
    assert told == [answers.NowAnswer(0x12), answers.StatusBack(b"\x38\x00\x0c\x00"), answers.NowAnswer(0x16)]


def test_an_answer_in_the_middle_of_a_pushed_status_breaks_neither():
    assert Demultiplexer().feed(b"\x10\x00\x12\x00\x00") == [
        answers.NowAnswer(0x12), answers.StatusBack(b"\x10\x00\x00\x00"),
    ]  # fmt: skip


def test_noise_is_counted_and_passed_over():
    demultiplexer = Demultiplexer()
    assert demultiplexer.feed(b"\xff\x80\x12") == [answers.NowAnswer(0x12)]
    assert demultiplexer.noise == 2


@given(st.lists(st.sampled_from([data for data, _ in ANSWERS]), max_size=8), st.data())
def test_any_split_tells_the_same(pieces, data):
    stream = b"".join(pieces)
    cut = data.draw(st.integers(0, len(stream)))
    demultiplexer = Demultiplexer()
    assert demultiplexer.feed(stream[:cut]) + demultiplexer.feed(stream[cut:]) == Demultiplexer().feed(stream)


@pytest.mark.parametrize(
    ("kind", "byte", "conditions"),
    [
        (1, 0x12, set()),
        (1, 0x1E, {"drawer_high", "offline"}),
        (2, 0x16, {"cover_open"}),
        (2, 0x72, {"paper_end", "error"}),
        (3, 0x1A, {"cutter"}),
        (4, 0x1E, {"paper_near_end"}),
        (4, 0x7E, {"paper_near_end", "paper_end"}),
    ],
)
def test_status_bytes_mean_what_the_manuals_say(kind, byte, conditions):
    assert answers.conditions_now(kind, byte) == conditions


CONDITIONS = st.sets(st.sampled_from(answers.CONDITIONS)).map(frozenset)


@given(CONDITIONS)
def test_a_pushed_status_survives_the_way_there_and_back(conditions):
    pushed = answers.answer_back(conditions)
    assert answers.conditions_back(pushed) == conditions - {"waits"}  # ASB has no bit for it
    assert Demultiplexer().feed(pushed) == [answers.StatusBack(pushed)]


@given(CONDITIONS, st.integers(1, 4))
def test_every_asked_status_is_recognised_as_one(conditions, kind):
    (answer,) = Demultiplexer().feed(answers.answer_now(kind, conditions))
    assert isinstance(answer, answers.NowAnswer)
    assert answers.conditions_now(kind, answer.byte) - {"error"} <= conditions


@given(CONDITIONS)
def test_the_answer_in_order_tells_of_the_paper(conditions):
    (answer,) = Demultiplexer().feed(answers.answer_in_order(1, conditions))
    assert isinstance(answer, answers.ByteAnswer)
    assert answers.conditions_in_order(answer.byte) == conditions & {"paper_near_end", "paper_end"}
