"""MIFARE DESFire in a PC/SC reader: keys, files, balances, transactions."""

import pytest

from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.desfire_keys import KeyKind, with_version
from loyalty.devices.wire.apdu.file_settings import Access, DataFile, Kind, RecordFile, ValueFile
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import CodeRefused, Invalid, Rejected, WrongCard
from tests.devices.pcsc_bench import UID, Desk
from tests.devices.secure_cards import BALANCE, FACTORY, ISSUE, KEYS, MARK, NOTES, READ, SHOP, SPEND, opened, shop_card

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


@pytest.mark.parametrize(("way", "kind", "size"), [
    (Way.ISO, KeyKind.THREE_DES, 24), (Way.D40, KeyKind.DES, 16),
    *(pytest.param(way, KeyKind.DES, 8, marks=pytest.mark.slow) for way in (Way.ISO, Way.D40)),
])  # fmt: skip
def test_an_application_with_keys_for_des(desk, way, kind, size):
    desk.tap(kind="desfire")
    card, key, other = desk.reader.desfire(), bytes(range(size)), bytes(range(100, 100 + size))
    card.create_application(0x112233, 2, kind=kind)
    card.select(0x112233)
    card.authenticate(0, bytes(kind.size), way)
    card.change_key(0, key, version=9)
    card.authenticate(0, with_version(key, 9), way)
    card.change_key(1, other, bytes(kind.size), version=5)
    assert (card.key_version(0), card.key_version(1)) == (9, 5)
    card.authenticate(1, other, way)  # the lowest bits, where the version lies, are none of the cipher's
    for file, mode in enumerate((Mode.PLAIN, Mode.MAC, Mode.FULL), 1):
        card.create_data_file(file, 200, Access(1, 1, 1, 0), mode, Kind.STANDARD)
        card.create_value_file(10 + file, 50, 0, 100, Access(1, 1, 1, 0), mode)
        card.write(file, bytes(range(150)), 20)
        assert card.read(file, 20, 150) == bytes(range(150))
        assert card.count(10 + file, -8) == card.value(10 + file) == 42
    assert card.uid().hex().upper() == UID


@pytest.mark.parametrize("way", [Way.ISO, Way.D40])
def test_the_key_of_a_card_as_delivered_becomes_the_shops(desk, way):
    desk.tap(kind="desfire")
    card = desk.reader.desfire()
    with pytest.raises(CodeRefused):
        card.authenticate(0, FACTORY)
    card.authenticate(0, FACTORY, way)
    card.change_key(0, KEYS[1], kind=KeyKind.AES)
    card.authenticate(0, KEYS[1])
    card.change_key(0, KEYS[2])
    card.authenticate(0, KEYS[2], Way.EV2_FIRST)
    card.create_application(0x112233, 1)
    card.select(0x112233)
    card.authenticate(0, FACTORY)
    with pytest.raises(Invalid, match="Only the card's own key"):
        card.change_key(0, bytes(24), kind=KeyKind.THREE_DES)


@pytest.mark.parametrize(("way", "mode", "cyclic"), [
    (Way.EV1, Mode.FULL, True), (Way.EV2_FIRST, Mode.FULL, False),
    *(pytest.param(way, mode, cyclic, marks=pytest.mark.slow)
      for way in WAYS for mode in (0, 1, 3) for cyclic in (0, 1)),
])  # fmt: skip
def test_records_are_added_one_for_each_transaction(desk, way, mode, cyclic):
    desk.tap(kind="desfire", **shop_card())
    card = opened(desk, way=way)
    card.create_record_file(5, 20, 3, Access(SPEND, SPEND, SPEND, 0), Mode(mode), cyclic=bool(cyclic))
    assert card.settings(5) == RecordFile(
        Kind.CYCLIC if cyclic else Kind.LINEAR, Mode(mode), Access(SPEND, SPEND, SPEND, 0), 20, 3 + cyclic, 0
    )
    assert card.records(5) == ()
    for visit in range(3):
        with card.transaction():
            card.add_record(5, b"not this")
            card.add_record(5, b"visit %d" % visit)
    assert [record.rstrip(b"\0") for record in card.records(5)] == [b"visit 0s", b"visit 1s", b"visit 2s"]
    with pytest.raises(RuntimeError), card.transaction():
        card.clear_records(5)
        raise RuntimeError("the till failed")
    assert len(card.records(5)) == 3
    if cyclic:
        with card.transaction():
            card.add_record(5, b"the fourth")
        assert card.records(5, 2)[-1].startswith(b"the fourth") and len(card.records(5)) == 3
    else:
        with pytest.raises(Rejected, match="beyond the limits") as full:
            card.add_record(5, b"the fourth")
        assert full.value.half == "untouched"
        card.authenticate(SPEND, KEYS[SPEND], way)
    with card.transaction():
        card.clear_records(5)
    assert card.records(5) == ()
    with pytest.raises(Invalid, match="no file of records"):
        card.records(NOTES)


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
