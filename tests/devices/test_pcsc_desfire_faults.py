"""MIFARE DESFire pulled, changed, reset, with another UID each time, and behind a line that lies: never half-told."""

from itertools import product

import pytest

from loyalty.devices.drivers.pcsc.desfire_card import DesfireCard
from loyalty.devices.drivers.pcsc.marks import real_uid
from loyalty.devices.drivers.pcsc.talk import Talk
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.errors import DeviceError, Garbled, Invalid, NoCard, WrongCard
from tests.devices.bent_link import BentLink
from tests.devices.pcsc_bench import UID, Desk
from tests.devices.secure_cards import BALANCE, KEYS, MARK, NOTES, PLACE, SHOP, SPEND, opened, shop_card

pytestmark = pytest.mark.pcsc
WAYS = [Way.EV1, Way.EV2_FIRST]


@pytest.fixture(scope="module")
def simulated():
    desk = Desk("acr1252u")
    yield desk
    desk.end()


@pytest.fixture
def desk(simulated):
    simulated.plug()
    yield simulated
    simulated.tidy()


@pytest.fixture
def card(desk):
    desk.tap(kind="desfire", **shop_card())
    return opened(desk)


# A card pulled: the balance is the old or the new one, and mark and balance go together.


def spend(card):
    with card.transaction():
        card.debit(BALANCE, 30)
        card.write(MARK, b"30 were taken...")


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_card_pulled_at_any_step_of_a_spending(desk, way, carried_out):
    seen = set()
    for step in range(30):
        desk.tap(kind="desfire", **shop_card())
        desk.see()
        card = opened(desk, way=way)
        desk.fault("card_pulled", after=step, carried_out=carried_out)
        try:
            spend(card)
        except DeviceError as error:
            half = error.half
        else:
            desk.clear()
            seen.add("done")
            break
        desk.tap_again()
        card = opened(desk)
        state = card.value(BALANCE), card.read(MARK)
        assert state in ((100, bytes(16)), (70, b"30 were taken..."))
        assert half == "unknown" or state[0] == 100
        seen.add((half, state[0]))
    assert "done" in seen and ("untouched", 100) in seen
    assert (("unknown", 70) in seen) == carried_out


def test_a_card_changed_for_another_is_not_written(desk, card):
    assert desk.reader.poll(1) == Seen(desk.token())
    card.value(BALANCE)
    desk.tap("04FFFFFFFFFFFF", "desfire", **shop_card())
    with pytest.raises(WrongCard, match="another one"):
        card.count(BALANCE, -1)
    desk.take()
    with pytest.raises((WrongCard, NoCard)):
        card.count(BALANCE, -1)


def test_a_reset_by_another_program_ends_the_session_and_what_was_not_committed(desk, card):
    card.debit(BALANCE, 30)
    desk.fault("card_reset")
    with pytest.raises(DeviceError):
        card.commit()
    assert opened(desk).value(BALANCE) == 100


# Cards that show another UID each time.


def test_a_random_uid_is_asked_for_the_real_one(desk):
    desk.reader.identify = lambda card: real_uid(card, PLACE)
    desk.tap(kind="desfire", **shop_card(random_uid=True))
    assert desk.reader.poll(1) == Seen(desk.token())
    card = opened(desk)
    assert card.count(BALANCE, -1) == 99
    assert real_uid(card, PLACE).hex().upper() == UID
    assert desk.call("GET", "/state")["card"]["uid"] == UID


def test_without_a_key_a_random_uid_stays_random(desk):
    desk.tap(kind="desfire", **shop_card(random_uid=True))
    token = desk.reader.poll(1).token
    assert token.value.startswith("08") and len(token.value) == 8
    assert desk.reader.desfire().version().uid == bytes(7)
    desk.tap_again()
    desk.reader.identify = lambda card: real_uid(card, PLACE)
    desk.tap(kind="desfire", random_uid=True)
    while desk.reader.poll(0.05):
        pass
    assert "no such application" in desk.reader.status().detail


# What comes back bent is never believed, and never breaks the driver.


def bent(desk, mutate):
    """The card behind a line that bends answers."""
    link = BentLink(desk.reader._link, mutate)
    return DesfireCard(Talk(link, read_profile("acr1252u"), lambda: None, lambda: None))


@pytest.mark.parametrize("way", WAYS)
def test_a_bent_answer_is_seen(desk, way):
    desk.tap(kind="desfire", **shop_card())
    opened(desk)
    switch = {"on": False}
    card = bent(desk, lambda raw, n: bytes([raw[0] ^ 1]) + raw[1:] if switch["on"] and len(raw) > 2 else raw)
    card.select(SHOP)
    card.authenticate(SPEND, KEYS[SPEND], way)
    card.settings(BALANCE)
    switch["on"] = True
    with pytest.raises(Garbled, match="not the card's"):
        card.value(BALANCE)
    with pytest.raises(Garbled) as told:
        switch["on"] = False
        card.authenticate(SPEND, KEYS[SPEND], way)
        card.debit(BALANCE, 10)
        switch["on"] = True
        card.commit()
    assert told.value.half == "unknown"


def whole_round(card, way):
    card.version()
    card.select(SHOP)
    card.authenticate(SPEND, KEYS[SPEND], way)
    card.uid()
    card.read(NOTES, 0, 70)
    spend(card)


@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(2, 200), marks=pytest.mark.slow)])
def test_no_answer_breaks_the_driver(desk, seeds):
    """And it never takes more than once, whatever it was told."""
    for seed, at in product(seeds, range(18)):
        desk.tap(kind="desfire", **shop_card())
        desk.see()
        try:
            whole_round(bent(desk, BentLink.noise(seed * 100 + at, at)), WAYS[seed % 2])
        except (DeviceError, Invalid) as error:
            assert str(error)
            possible = [(100, bytes(2)), (70, b"30")]
        else:
            possible = [(70, b"30")]
        card = opened(desk)
        assert (card.value(BALANCE), card.read(MARK)[:2]) in possible


@pytest.mark.parametrize("way", WAYS)
def test_what_went_wrong_half_way_is_not_committed_later(desk, way):
    desk.tap(kind="desfire", **shop_card())
    opened(desk)
    switch = {"on": False}
    card = bent(desk, lambda raw, _: raw[:-2] + b"\x91\xca" if switch["on"] else raw)
    card.select(SHOP)
    card.authenticate(SPEND, KEYS[SPEND], way)
    card.value(BALANCE)
    switch["on"] = True
    with pytest.raises(Garbled):
        card.debit(BALANCE, 30)  # the card did it; the line said otherwise
    switch["on"] = False
    card.authenticate(SPEND, KEYS[SPEND], way)
    assert card.count(BALANCE, -1) == card.value(BALANCE) == 99
