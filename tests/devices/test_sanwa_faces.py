"""What a Sanwa unit prints and erases: every dot in its place, and no more than has to be."""

import pytest
from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.sanwa.tiles import bands, grid_of, plan_for
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.profiles import read_profile
from tests.devices.sanwa_bench import ANNA, BERT, SIZE, Bench, face_of, with_facts


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


@pytest.mark.parametrize("turn", ["clockwise", "counterclockwise"])
def test_every_dot_of_a_dense_face_gets_its_place(turn):
    picture = Image.effect_noise(SIZE, 200).convert("1")
    ImageDraw.Draw(picture).rectangle((0, 0, 30, 200), fill=0)
    face = Raster(*SIZE, picture.tobytes())
    bench = Bench(face_turn=turn)
    bench.unit.ink.__init__(bench.profile)  # the unit holds the card the same way round
    bench.take_in(ANNA)
    bench.driver.rewrite(face)
    assert bench.printed() == face
    assert bench.wear()[0] == 1
    bench.close()


def test_a_new_face_replaces_the_old_one(bench):
    for text in ("first", "second"):
        bench.take_in(ANNA)
        bench.driver.rewrite(face_of(text))
    assert bench.printed() == face_of("second")
    assert bench.unit.state()["cycles"] == 2


def test_an_unchanged_face_is_not_touched(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"))
    worn = bench.wear()
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"), face_of("880"))
    assert bench.wear() == worn
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_a_face_that_only_gains_dots_is_printed_over(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880", small=True))
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"), face_of("880", small=True))
    assert bench.printed() == face_of("880")
    assert bench.wear()[0] == 1


def test_dots_that_have_to_vanish_take_the_whole_face(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"))
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("920"), face_of("880"))
    assert bench.printed() == face_of("920")
    assert bench.wear()[0] == 2


def test_only_lines_with_new_dots_are_printed():
    profile = read_profile("sanwa-crp1231lr")
    picture = Image.new("1", SIZE)
    ImageDraw.Draw(picture).point((50, 10), fill=1)
    more = picture.copy()
    ImageDraw.Draw(more).point((480, 200), fill=1)
    plan = plan_for(Raster(*SIZE, more.tobytes()), Raster(*SIZE, picture.tobytes()), profile)
    assert (plan.erase, [band.text.line for band in plan.bands]) == (False, [20])


def test_no_band_takes_more_characters_than_there_are_slots():
    profile = with_facts(read_profile("sanwa-crp1231lr"), glyph_slots=[1, 20])
    grid = grid_of(Raster(*SIZE, Image.effect_noise(SIZE, 200).convert("1").tobytes()), profile)
    found = list(bands(grid, profile))
    assert len(found) == 21
    assert all(len(band.glyphs) <= 20 for band in found)


def test_nothing_of_one_customer_reaches_the_next(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("Anna"))
    bench.take_in(BERT)
    bench.driver.rewrite(face_of("B", small=True))
    assert bench.printed() == face_of("B", small=True)
