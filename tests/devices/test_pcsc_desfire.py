"""MIFARE DESFire in a PC/SC reader: keys, files, balances; pulled, lied to and bent, and never half-told."""

from itertools import product

import pytest

from loyalty.devices.drivers.pcsc.desfire_card import DesfireCard
from loyalty.devices.drivers.pcsc.marks import real_uid
from loyalty.devices.drivers.pcsc.talk import Talk
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.file_settings import Access, DataFile, Kind, ValueFile
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import CodeRefused, DeviceError, Garbled, Invalid, NoCard, Rejected, WrongCard
from tests.devices.bent_link import BentLink
from tests.devices.pcsc_bench import UID, Desk
from tests.devices.secure_cards import BALANCE, ISSUE, KEYS, MARK, NOTES, PLACE, READ, SHOP, SPEND, shop_card

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


def opened(desk, key=SPEND, way=Way.EV1):
    card = desk.reader.desfire()
    card.select(SHOP)
    card.authenticate(key, KEYS[key], way)
    return card


@pytest.fixture
def card(desk):
    desk.tap(kind="desfire", **shop_card())
    return opened(desk)


def test_a_card_says_what_it_is(desk):
    desk.tap(kind="desfire", **shop_card(generation="EV1"))
    card = desk.reader.desfire()
    version = card.version()
    assert (version.model, version.size, version.uid.hex().upper(), version.ev2) == ("DESFire EV1", 8192, UID, False)
    assert (card.applications(), card.key_settings(), card.free_memory() > 7000) == ((SHOP,), (0x0F, 1), True)
    card.select(SHOP)
    assert (card.key_settings(), card.files()) == ((0x0F, 4), (BALANCE, MARK, NOTES))
    with pytest.raises(Rejected, match="unknown command"):
        card.authenticate(0, KEYS[0], Way.EV2_FIRST)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.MAC, Mode.FULL])
def test_files_are_read_and_written_in_every_mode(desk, way, mode):
    desk.tap(kind="desfire", **shop_card(mode))
    card = opened(desk, way=way)
    text = bytes(range(150))
    card.write(NOTES, text, 20)
    assert card.read(NOTES, 20, 150) == text
    assert card.read(NOTES)[:22] == bytes(20) + text[:2]
    card.write(MARK, b"not yet")
    assert card.read(MARK, 0, 7) == bytes(7)
    card.commit()
    assert card.read(MARK, 0, 7) == b"not yet"
    assert card.count(BALANCE, -30) == card.value(BALANCE) == 70
    assert card.uid().hex().upper() == UID


@pytest.mark.parametrize("way", WAYS)
def test_an_application_is_made_and_gets_keys_of_the_shop(desk, way):
    desk.tap(kind="desfire")
    card = desk.reader.desfire()
    card.create_application(0x112233, 3)
    card.select(0x112233)
    card.authenticate(0, bytes(16), way)
    card.change_key(2, KEYS[2], bytes(16), version=7)
    card.change_key(0, KEYS[3])
    with pytest.raises(CodeRefused):
        card.authenticate(0, bytes(16), way)
    card.authenticate(0, KEYS[3], way)
    assert card.key_version(2) == 7
    card.create_data_file(1, 64, Access(2, 2, 2, 0))
    card.create_data_file(2, 32, Access(2, 2, 2, 0), Mode.MAC, Kind.STANDARD)
    card.create_value_file(3, 5, 0, 10, Access(2, 2, 2, 0))
    card.delete_file(2)
    assert card.files() == (1, 3)
    assert card.settings(1) == DataFile(Kind.BACKUP, Mode.FULL, Access(2, 2, 2, 0), 64)
    assert card.settings(3) == ValueFile(Mode.FULL, Access(2, 2, 2, 0), 0, 10, 0, False)
    with pytest.raises(WrongCard, match="exists already"):
        card.create_data_file(1, 64, Access(2, 2, 2, 0))
    card.authenticate(0, KEYS[3], way)
    card.delete_application(0x112233)
    card.select()
    assert card.applications() == ()


def test_a_session_goes_on_with_another_key(card):
    card.authenticate(SPEND, KEYS[SPEND], Way.EV2_FIRST)
    card.debit(BALANCE, 1)
    card.authenticate(ISSUE, KEYS[ISSUE], Way.EV2_AGAIN)
    card.credit(BALANCE, 5)
    card.commit()
    assert card.value(BALANCE) == 104
    with pytest.raises(CodeRefused):
        card.authenticate(READ, KEYS[SPEND], Way.EV2_AGAIN)


def test_who_spends_cannot_add(card):
    assert card.count(BALANCE, -10) == 90
    with pytest.raises(CodeRefused, match="not authenticated with the right key") as told:
        card.count(BALANCE, 5)
    assert told.value.half == "untouched"
    with pytest.raises(CodeRefused):
        card.value(BALANCE)  # the refusal ended the session
    card.authenticate(ISSUE, KEYS[ISSUE])
    assert card.count(BALANCE, 5) == 95


def test_what_was_taken_is_given_back_once(card):
    card.count(BALANCE, -30)
    card.limited_credit(BALANCE, 20)
    card.commit()
    assert card.value(BALANCE) == 90
    with pytest.raises(Rejected, match="beyond the limits"):
        card.limited_credit(BALANCE, 1)


def test_limits_are_looked_at_before_anything_is_done(desk, card):
    for step in (-101, 901):
        with pytest.raises(Invalid, match="between 0 and 1000"):
            card.count(BALANCE, step)
    for deed in (
        lambda: card.debit(BALANCE, 0), lambda: card.write(NOTES, b"", 0), lambda: card.write(NOTES, b"x", 200),
        lambda: card.read(NOTES, 199, 2), lambda: card.read(BALANCE), lambda: card.value(NOTES),
        lambda: card.authenticate(1, b"short"), lambda: card.change_key(1, bytes(16)),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=r"\.$"):
            deed()
    assert card.value(BALANCE) == 100


def test_a_transaction_is_forgotten_as_a_whole(card):
    with pytest.raises(RuntimeError), card.transaction():
        card.debit(BALANCE, 40)
        card.write(MARK, b"new")
        raise RuntimeError("the till failed")
    assert (card.value(BALANCE), card.read(MARK, 0, 3)) == (100, bytes(3))
    card.debit(BALANCE, 40)
    card.select(SHOP)
    card.authenticate(SPEND, KEYS[SPEND])
    assert card.value(BALANCE) == 100
    card.commit()  # of nothing: no error


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_key_is_told(desk, way):
    desk.tap(kind="desfire", **shop_card())
    card = desk.reader.desfire()
    card.select(SHOP)
    with pytest.raises(CodeRefused, match="does not take this key") as told:
        card.authenticate(SPEND, KEYS[READ], way)
    assert "who issues the cards" in told.value.advice
    with pytest.raises(CodeRefused, match="no such key"):
        card.authenticate(9, KEYS[0], way)
    card.authenticate(SPEND, KEYS[SPEND], way)
    assert card.value(BALANCE) == 100


@pytest.mark.parametrize("kind", ["ntag213", "classic1k", "iso7816"])
def test_other_cards_are_told(desk, kind):
    desk.tap("DEADBEEF" if kind == "classic1k" else UID, kind)
    with pytest.raises(WrongCard):
        desk.reader.desfire().version()


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


@pytest.mark.parametrize("seeds", [range(3), pytest.param(range(3, 200), marks=pytest.mark.slow)])
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
