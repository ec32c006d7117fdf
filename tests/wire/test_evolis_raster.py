"""Pictures as Evolis planes hold them, and what fits on a track."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis.messages import CompressedPlane, Geometry, Plane
from loyalty.devices.wire.evolis.raster import compressed, expanded, lines_of, plane_of, raster_of
from loyalty.devices.wire.evolis.stripe import FORMATS

SMALL = Geometry(width=24, height=16)


def test_a_face_survives_the_way_there_and_back():
    face = Raster(1016, 648, hashlib.shake_256(b"face").digest(127 * 648))
    plane = plane_of(face)
    assert raster_of(plane, Geometry()) == face
    assert raster_of(expanded(compressed(plane, "k", Geometry()), Geometry()), Geometry()) == face


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_pictures_of_any_size_turn_and_turn_back(width, height, data):
    stride = (width + 7) // 8
    rows = data.draw(st.binary(min_size=stride * height, max_size=stride * height))
    clear = (0xFF << (8 * stride - width)) & 0xFF  # padding behind the last dot is no part of the picture
    rows = bytes(byte & clear if at % stride == stride - 1 else byte for at, byte in enumerate(rows))
    face = Raster(width, height, rows)
    assert raster_of(plane_of(face), Geometry(width, height)) == face


def test_black_and_white_lines_take_one_byte():
    dots = bytes(2) + b"\xff\xff" + b"\x80\x00" + bytes(42)
    packed = compressed(dots, "k", SMALL)
    assert packed.data == b"\x00\xff\x01\x80" + bytes(21)
    assert expanded(packed, SMALL) == dots
    assert expanded(CompressedPlane("k", 2, 1, b"\xff"), SMALL) == bytes(2) + b"\xff\xff" + bytes(44)
    with pytest.raises(ValueError, match="longest"):
        expanded(CompressedPlane("k", 2, 0, b"\x03abc"), SMALL)


def test_finer_resolutions_repeat_each_column():
    dots = b"".join(bytes([n, 0]) * 2 for n in range(24))
    assert lines_of(Plane("k", 2, dots, (600, 300)), SMALL) == b"".join(bytes([n, 0]) for n in range(24))
    with pytest.raises(ValueError, match="black and white"):
        lines_of(Plane("y", 128, bytes(336)), SMALL)


@pytest.mark.parametrize(
    ("track", "text", "fault"),
    [
        (1, "ANNA M-0412", None), (1, "anna", "cannot hold 'a'"), (1, "A" * 77, "takes 76 characters, 77"),
        (1, "A;B", "cannot hold ';'"), (2, "0412=77", None), (2, "M-0412", "cannot hold 'M'"),
        (2, "4" * 38, "takes 37"), (3, "4" * 104, None),
    ],
)  # fmt: skip
def test_what_a_track_holds(track, text, fault):
    found = FORMATS[track].fault_of(text)
    assert found is None if fault is None else fault in found
