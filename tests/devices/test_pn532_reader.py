"""A reader with a PN532 at the counter: taps, removals, cards of every kind, and reading them."""

import pytest

from loyalty.devices.drivers.pn532.presence import Presence
from loyalty.devices.interfaces import CardReader, Gone, Health, Seen
from loyalty.errors import NoCard, WrongCard
from tests.devices.pn532_desk import UID, Desk


@pytest.fixture
def desk():
    """On a pseudo terminal, as on a serial line."""
    desk = Desk(tcp=False)
    yield desk
    desk.unplug()


@pytest.fixture
def network_desk():
    desk = Desk(tcp=True)
    yield desk
    desk.unplug()


@pytest.fixture(params=["tcp", "pty"])
def any_desk(request):
    desk = Desk(request.param == "tcp")
    yield desk
    desk.unplug()


def test_a_tap_and_a_removal_show_once(any_desk):
    assert isinstance(any_desk.reader, CardReader)
    assert any_desk.reader.poll(0.2) is None
    any_desk.tap()
    assert any_desk.reader.poll(20) == Seen(any_desk.token())
    assert any_desk.reader.poll(0.4) is None  # once, however long it lies there
    any_desk.unit.take_card()
    assert any_desk.reader.poll(20) == Gone(any_desk.token())
    assert any_desk.reader.poll(0.2) is None


def test_the_same_card_again_is_a_new_tap(desk):
    for _ in range(3):
        desk.tap()
        assert desk.reader.poll(20) == Seen(desk.token())
        desk.unit.take_card()
        assert desk.reader.poll(20) == Gone(desk.token())


def test_one_card_after_the_other_without_a_gap(desk):
    desk.tap()
    assert desk.reader.poll(20) == Seen(desk.token())
    desk.tap("DEADBEEF")
    assert desk.reader.poll(20) == Gone(desk.token())
    assert desk.reader.poll(20) == Seen(desk.token("DEADBEEF"))


def test_a_single_glance_finds_a_card_that_lies_there(desk):
    desk.tap()
    assert desk.reader.poll(0) == Seen(desk.token())


@pytest.mark.parametrize(
    ("kind", "uid"),
    [
        ("classic1k", "DEADBEEF"), ("classic4k", "00000000"), ("classic1k", "04000000000000"), ("ultralight", UID),
        ("ntag213", UID), ("ntag215", UID), ("ntag216", "04112233445566778899"), ("desfire", "04112233445577"),
        ("ntag424", UID), ("iso7816", "08AABBCC"), ("rewritable", "DEADBEEF"), ("magnetic", UID),
    ],
)  # fmt: skip
def test_every_kind_of_card_and_length_of_uid(desk, kind, uid):
    desk.tap(uid, kind)
    assert desk.reader.poll(20) == Seen(desk.token(uid))
    assert desk.reader.poll(0.2) is None


def test_a_card_without_a_chip_is_not_seen(desk):
    desk.tap("")
    assert desk.reader.poll(0.2) is None


def test_pages_are_read(desk):
    desk.tap(kind="ntag213", memory={"pages": {"4": "0103A00C", "5": "340300FE"}})
    assert desk.reader.read_pages(0).hex() == "04a1b29fc3d4e5f604480000e1101200"
    assert desk.reader.poll(20) == Seen(desk.token())
    assert desk.reader.read_pages(4)[:8].hex() == "0103a00c340300fe"
    assert desk.reader.poll(0.2) is None  # reading did not lose it


def test_reading_says_why_it_cannot(desk):
    with pytest.raises(NoCard) as no_card:
        desk.reader.read_pages(0)
    assert "flat on the middle" in no_card.value.advice
    desk.tap(kind="ntag213")
    with pytest.raises(NoCard):
        desk.reader.read_pages(45)  # there are pages 0 to 44
    assert desk.reader.read_pages(0)
    desk.reader.poll(20)
    desk.tap("04FFFFFFFFFFFF", "ntag213")
    with pytest.raises(WrongCard):
        desk.reader.read_pages(0)


def test_status_names_the_firmware(any_desk):
    status = any_desk.reader.status()
    assert (status.health, status.detail) == (Health.READY, "PN532 firmware 1.6")


def test_a_closed_reader_leaves_the_field_off(any_desk):
    any_desk.tap()
    assert any_desk.reader.poll(20)
    any_desk.reader.close()
    assert not any_desk.unit.state()["card_selected"]
    assert any_desk.plug().poll(20) == Seen(any_desk.token())


# What a search found, and what that means.


def play(*found):
    presence = Presence("x", 2)
    return [type(reading).__name__[0] if (reading := presence.note(uid)) else "." for uid in found]


@pytest.mark.parametrize(
    ("found", "readings"),
    [
        (["A", "A", "A", ""], ".S.."),
        (["A", "", "A"], "..S"),
        (["A", "", "", "A"], "...."),
        (["A", "B", "A", "B"], "...."),
        (["A", "A", "B", "A"], ".S.."),
        (["A", "A", "B", "B", "B", "B"], ".S.G.S"),
        (["A", "A", "", "", "A", "A"], ".S.G.S"),
        (["", "", ""], "..."),
    ],
)
def test_presence(found, readings):
    assert "".join(play(*found)) == readings
