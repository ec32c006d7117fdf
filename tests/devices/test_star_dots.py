"""Rasters as a Star unit takes them: nothing lost, nothing added, and hardly any white sent."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.star_tcp.dots import messages_for, runs
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.star_tcp.codec import Decoder, encode
from loyalty.devices.wire.star_tcp.face import ImageColumn
from tests.devices.star_bench import face_of, with_facts

BLOCKS, COLUMNS = read_profile("star-tcp300ii"), read_profile("star-tcp300")
MODELS = (BLOCKS, COLUMNS)


def painted(messages):
    """The black dots that the messages set, as (x, y), by the manual's words and not by our own code."""
    black = set()
    for message in messages:
        height = len(message.dots) if isinstance(message, ImageColumn) else message.height
        for at, byte in enumerate(message.dots):
            x, top = message.x + at // height, (message.y + at % height) * 8
            black |= {(x, top + bit) for bit in range(8) if byte >> bit & 1}
    return black


def dots_of(raster):
    used = [(at % raster.stride * 8, at // raster.stride) for at, byte in enumerate(raster.rows) if byte]
    return {(left + bit, y) for left, y in used for bit in range(8) if raster.dot(left + bit, y)}


@st.composite
def faces(draw):
    rows = bytearray(60 * 320)
    for at, value in draw(st.lists(st.tuples(st.integers(0, 19199), st.integers(1, 255)), max_size=40)):
        rows[at] = value
    return Raster(480, 320, bytes(rows))


@given(faces(), st.sampled_from(MODELS))
def test_every_black_dot_and_no_other_arrives(face, profile):
    assert painted(messages_for(face, profile)) == dots_of(face)


def test_a_face_of_text_and_one_all_black():
    for face in (face_of("Points 1,280"), Raster(480, 320, b"\xff" * 60 * 320)):
        for profile in MODELS:
            assert painted(messages_for(face, profile)) == dots_of(face)


@given(faces(), st.sampled_from(MODELS))
def test_every_message_is_one_that_a_unit_takes(face, profile):
    for message in messages_for(face, profile):
        assert Decoder("device").feed(encode(message)) == [message]


def test_a_blank_face_sends_nothing():
    assert list(messages_for(Raster.blank(480, 320), BLOCKS)) == []


def test_the_white_of_a_face_stays_at_home():
    sent = sum(len(encode(message)) for message in messages_for(face_of("880", small=True), BLOCKS))
    assert sent < 2500  # all of it would be 38,400


def test_the_upper_dot_can_be_the_high_bit():
    one = Raster(480, 320, b"\x80" + bytes(60 * 320 - 1))
    for order, byte in (("low", b"\x01"), ("high", b"\x80")):
        profile = with_facts(BLOCKS, raster_top_bit=order)
        assert [message.dots for message in messages_for(one, profile)] == [byte]


def test_runs():
    assert list(runs([], 3)) == []
    assert list(runs([4], 3)) == [(4, 5)]
    assert list(runs([1, 2, 6], 3)) == [(1, 7)]
    assert list(runs([1, 2, 7], 3)) == [(1, 3), (7, 8)]
