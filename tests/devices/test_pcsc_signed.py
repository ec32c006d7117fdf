"""NTAG 424 in a PC/SC reader, and NDEF on it and on NTAG21x."""

import contextlib
import re
from itertools import product

import pytest

from loyalty.devices.drivers.pcsc.ndef_card import NdefCard
from loyalty.devices.drivers.pcsc.ntag424_card import Ntag424Card
from loyalty.devices.drivers.pcsc.talk import Talk
from loyalty.devices.wire.apdu import an10922, sun
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.file_settings import Access, TagFile
from loyalty.devices.wire.apdu.ndef_message import Text, Uri
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import CodeRefused, DeviceError, Garbled, Invalid, NoCard, Rejected, WrongCard
from tests.devices.bent_link import BentLink
from tests.devices.pcsc_bench import UID, Desk
from tests.devices.secure_cards import FACTORY, FILE, KEYS, META, leave_and_come, signing

pytestmark = pytest.mark.pcsc


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


def test_a_tag_signs_its_address_anew_each_time(desk):
    _, layout = signing(desk)
    counters = []
    for _ in range(3):
        tag = leave_and_come(desk)
        shown = tag.signed(layout, META, FILE)
        assert shown.uid.hex().upper() == UID
        counters.append(shown.counter)
    assert counters == [1, 2, 3]
    assert [sun.is_newer(shown, last) for last in (2, 3)] == [True, False]
    assert re.fullmatch(r"https://example\.org/c\?picc_data=[0-9A-F]{32}&cmac=[0-9A-F]{16}", tag.address())


def test_a_signature_of_other_keys_is_told(desk):
    tag, layout = signing(desk)
    with pytest.raises(WrongCard, match="not the shop's"):
        tag.signed(layout, META, META)
    desk.tap(kind="ntag424", files={"2": "0000"})
    with pytest.raises(WrongCard, match="no address"):
        leave_and_come(desk).signed(layout, META, FILE)


def test_in_clear_and_with_a_key_of_its_own(desk):
    desk.tap(kind="ntag424")
    tag = desk.reader.ntag424()
    tag.authenticate(0, FACTORY)
    own = an10922.diversified(FILE, bytes.fromhex(UID), shop=b"SHOP")
    tag.change_key(2, own, FACTORY)
    layout = tag.sign_address("https://example.org/c?uid={uid}&ctr={counter}&cmac={mac}", 1, 2)
    shown = tag.signed(layout, META, lambda uid: an10922.diversified(FILE, uid, shop=b"SHOP"))
    assert (shown.uid.hex().upper(), shown.counter) == (UID, 1)


def test_files_keys_and_counter_of_a_tag(desk):
    tag, _ = signing(desk)
    assert tag.version().model == "NTAG 424 DNA"
    tag.address()
    tag.authenticate(2, FILE)
    assert (tag.counter(), tag.uid().hex().upper()) == (1, UID)
    with pytest.raises(CodeRefused):
        tag.change_key(3, KEYS[3], FACTORY)
    tag.authenticate(0, FACTORY)
    tag.change_settings(3, TagFile(Mode.FULL, Access(3, 3, 3, 0), 128))
    tag.change_key(3, KEYS[3], FACTORY, version=9)
    tag.authenticate(3, KEYS[3], Way.EV2_AGAIN)
    tag.write(3, bytes(range(100)), 20)
    assert tag.read(3, 20, 100) == bytes(range(100))
    tag.authenticate(0, FACTORY)
    tag.change_key(0, KEYS[1])
    with pytest.raises(CodeRefused, match="does not take this key"):
        tag.authenticate(0, FACTORY)
    tag.authenticate(0, KEYS[1])
    for deed in (
        lambda: tag.write(3, bytes(129)), lambda: tag.read(3, 128), lambda: tag.authenticate(0, b""),
        lambda: tag.authenticate(0, FACTORY, Way.EV1), lambda: tag.sign_address("https://example.org", 1, 2),
        lambda: tag.change_key(1, KEYS[1]), lambda: tag.sign_address(f"https://{'x' * 300}?p={{picc}}&m={{mac}}", 1, 2),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            deed()


def test_other_cards_are_no_tag(desk):
    desk.tap(kind="ntag213")
    with pytest.raises(WrongCard):
        desk.reader.ntag424()
    desk.tap(kind="desfire")
    desk.see()
    with pytest.raises((Rejected, WrongCard)):
        desk.reader.ntag424().address()


# NDEF.


@pytest.mark.parametrize("kind", ["ntag213", "ntag215", "ntag424"])
def test_phones_read_what_was_written(desk, kind):
    desk.tap(kind=kind)
    card = desk.reader.ndef()
    assert card.read() == ()
    records = (Uri("https://example.org/c/M000123"), Text("會員卡", "zh-Hant"))
    card.write(*records)
    assert card.read() == records
    with pytest.raises(Invalid, match="room"):
        card.write(Text("x" * 600))
    with pytest.raises(Invalid):
        card.write()
    assert card.read() == records


@pytest.mark.parametrize(
    ("kind", "memory"),
    [
        ("ntag213", {"pages": {"4": "03500102"}}), ("ntag213", {"pages": {"4": "03FFFFFF"}}), ("ultralight", {}),
        ("ntag424", {"files": {"2": "FFFF"}}), ("ntag424", {"files": {"2": "0005FFFFFFFFFF"}}),
        ("ntag424", {"files": {"1": "0000"}}), ("iso7816", {}),
    ],
)  # fmt: skip
def test_what_no_phone_would_understand_is_told(desk, kind, memory):
    desk.tap(kind=kind, **memory)
    with pytest.raises((WrongCard, Garbled, Rejected)):
        desk.reader.ndef().read()


@pytest.mark.parametrize("kind", ["ntag213", "ntag424"])
def test_a_card_pulled_while_a_message_is_written_shows_no_mixture(desk, kind):
    old, new = (Uri("https://example.org/old"),), (Uri("https://example.org/new/and/longer"),)
    seen = set()
    for step in range(0, 60, 3):
        desk.tap(kind=kind)
        desk.see()
        desk.reader.ndef().write(*old)
        desk.fault("card_pulled", after=step)
        try:
            desk.reader.ndef().write(*new)
        except NoCard as error:
            assert error.half in ("", "unknown")  # nothing: before the first writing
        else:
            desk.clear()
            break
        desk.tap_again()
        seen.add(desk.reader.ndef().read())
    assert seen <= {old, (), new} and {old, ()} <= seen


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(1, 200), marks=pytest.mark.slow)])
def test_no_answer_breaks_the_driver_of_a_tag(desk, seeds):
    _, layout = signing(desk)
    for seed, at in product(seeds, range(0, 24, 2)):
        talk = Talk(BentLink(desk.reader._link, BentLink.noise(seed * 100 + at, at)), desk.profile, still, still)
        tag = Ntag424Card(talk)
        for deed in (
            lambda tag=tag: tag.signed(layout, META, FILE), tag.version, lambda tag=tag: tag.authenticate(2, FILE),
            tag.counter, lambda tag=tag: tag.read(3), NdefCard(talk, None).read,
        ):  # fmt: skip
            with contextlib.suppress(DeviceError, Invalid):
                deed()
    assert leave_and_come(desk).signed(layout, META, FILE).counter > 1


def still():
    """The card is taken to be there."""
