"""A bank card put into a card printer: nothing of it is told, it can be pushed out, the next card is read."""

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from loyalty.errors import BankCardRefused
from simulators.__main__ import start
from simulators.card import SimCard
from tests.devices.msr605_desk import with_facts

NUMBER = "4111111111111111"
PRINTERS = {
    "star-tcp300ii": {2: f"{NUMBER}=30121010000012345678"},
    "evolis-primacy2": {2: f"{NUMBER}=30121010000012345678"},
    "sanwa-crp1231lr": {2: f"{NUMBER}=30121010000012345678"},
    "sanwa-cr1231r": {1: f"{NUMBER}=30121010000012345678"},
    "virtual-pointcard": {2: f"{NUMBER}=30121010000012345678"},
}


@pytest.fixture
def unit_of():
    open_things = []

    def opened(name, **facts):
        unit, ready, control = start(name, tcp="127.0.0.1:0")
        profile = with_facts(read_profile(name), **facts)
        driver = driver_for(profile)(open_transport(ready["port"], profile), profile)
        open_things.extend([driver, control])
        return unit, driver

    yield opened
    for thing in open_things:
        thing.close()


def put(unit, driver, tracks):
    tracks = {str(track): text for track, text in tracks.items()}
    unit.put_card(SimCard.from_json({"kind": "magnetic", "tracks": tracks}))
    driver.take_in(30, lambda: False)


@pytest.mark.parametrize("name", PRINTERS)
def test_a_bank_card_inside_a_printer_is_refused(unit_of, name):
    unit, driver = unit_of(name)
    tracks = PRINTERS[name]
    put(unit, driver, tracks)
    with pytest.raises(BankCardRefused) as told:
        driver.read_stripe(next(iter(tracks)))
    assert NUMBER[:6] not in str(told.value) + repr(told.value)
    driver.eject()
    unit.take_card()
    driver.position()  # sees the slot empty
    put(unit, driver, {track: "200=262" for track in tracks})
    assert driver.read_stripe(next(iter(tracks))) == "200=262"


def test_the_shops_own_layout_is_let_in_where_its_numbers_are_told(unit_of):
    stripe = "880012345678=30121010000012345678"
    for own, refused in (([], True), (["8800"], False)):
        unit, driver = unit_of("star-tcp300ii", own_numbers=own)
        put(unit, driver, {2: stripe})
        if refused:
            with pytest.raises(BankCardRefused):
                driver.read_stripe(2)
        else:
            assert driver.read_stripe(2) == stripe
