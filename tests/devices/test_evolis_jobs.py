"""A day with an Evolis printer: cards in and out, stripes, faces with the least wear."""

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health
from loyalty.errors import NoCard, Rejected
from tests.devices.evolis_bench import ANNA, BERT, NAME, NEW, OLD, Bench, face_of

BLANK = face_of()


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


def test_it_is_a_card_printer(bench):
    assert isinstance(bench.driver, CardPrinter)
    assert bench.driver.face_dots == (1016, 648)
    assert "Primacy 2" in bench.driver.firmware
    assert bench.driver.status().health is Health.READY


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
