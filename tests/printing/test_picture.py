"""Dots to pictures and back, nothing lost."""

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.printing.picture import face_png, image_of, raster_of, render_face_png
from tests.printing.samples import ENGLISH


@st.composite
def rasters(draw) -> Raster:
    width, height = draw(st.integers(1, 40)), draw(st.integers(1, 10))
    dots = draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    image = Image.new("L", (width, height))
    image.putdata([0 if dot else 255 for dot in dots])
    return raster_of(image)


@given(rasters())
def test_dots_survive_the_way_to_a_png_and_back(raster):
    assert raster_of(Image.open(io.BytesIO(face_png(raster)))) == raster


def test_black_is_black():
    raster = Raster(8, 1, b"\x80")
    assert raster.dot(0, 0)
    assert image_of(raster).tobytes() == b"\0" + b"\xff" * 7


def test_a_png_is_magnified_without_smoothing():
    image = Image.open(io.BytesIO(face_png(Raster(8, 1, b"\xa0"), scale=3)))
    assert image.size == (24, 3)
    assert [image.getpixel((x, 1)) for x in (0, 2, 3, 5, 6)] == [0, 0, 255, 255, 0]


def test_what_is_transparent_is_paper():
    logo = Image.new("RGBA", (8, 1), (0, 0, 0, 0))
    logo.putpixel((1, 0), (0, 0, 0, 255))
    assert raster_of(logo) == Raster(8, 1, b"\x40")


def test_a_preview_shows_the_printed_dots():
    assert Image.open(io.BytesIO(render_face_png(ENGLISH, scale=2))).size == (960, 640)
