"""Memory cards in a PC/SC reader: sectors, pages, codes; nothing is lost, locked or half-told."""

import pytest

from loyalty.devices.drivers.pcsc.classic_card import Key
from loyalty.devices.interfaces import Seen
from loyalty.devices.wire.apdu.classic import Access, Trailer, value_block
from loyalty.devices.wire.apdu.type2 import Protection
from loyalty.errors import CodeRefused, DeviceError, Invalid, NoCard, Rejected, WrongCard
from tests.devices.pcsc_bench import Desk

pytestmark = pytest.mark.pcsc
A, B = Key("A"), Key("B", b"\xb0" * 6)
FACTORY = b"\xff\xff\xff"


@pytest.fixture(scope="module", params=["acr122u", "acr1252u"])
def simulated(request):
    desk = Desk(request.param)
    yield desk
    desk.end()


@pytest.fixture
def desk(simulated):
    simulated.plug()
    yield simulated
    simulated.tidy()


@pytest.fixture
def classic(desk):
    """A MIFARE Classic with a sector whose keys each have their own rights, and one as delivered."""
    trailer = Trailer(A.value, Access((0, 4, 6, 3)), B.value).encoded().hex()
    desk.tap("DEADBEEF", "classic1k", blocks={"7": trailer, "6": value_block(100, 6).hex()})
    return desk.reader.classic()


def test_sectors_are_read_and_written(classic):
    assert classic.blocks == 64
    classic.write_block(8, b"0123456789abcdef", A)
    assert classic.read_block(8, A) == b"0123456789abcdef"
    sector = classic.read_sector(2, A)
    assert sector[0] == b"0123456789abcdef" and sector[3][6:9].hex() == "ff0780"


def test_a_wrong_key_is_told_and_the_card_stays_usable(classic):
    with pytest.raises(CodeRefused, match="sector 2"):
        classic.read_block(8, B)
    assert classic.read_block(8, A) == bytes(16)


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda card: card.write_block(5, bytes(16), A), "Key A may not write block 5, key B may"),
        (lambda card: card.count(6, 1, A), "Key A may not increment block 6, key B may"),
        (lambda card: card.write_block(8, bytes(16), Key("B")), "a key B that can be read opens nothing"),
        (lambda card: card.write_trailer(1, Trailer(A.value, Access(), B.value), A), "may not write the key"),
    ],
)
def test_what_the_access_bits_forbid_is_not_even_tried(desk, classic, deed, error):
    before = (desk.call("GET", "/wire") or [{"n": 0}])[-1]["n"]
    with pytest.raises(CodeRefused, match=error):
        deed(classic)
    sent = [row["hex"] for row in desk.call("GET", f"/wire?after={before}") if row["direction"] == ">"]
    assert not [command for command in sent if command[:4] in ("ffd6", "ffd7")]


@pytest.mark.parametrize(
    "deed",
    [
        lambda card: card.write_block(0, bytes(16), A), lambda card: card.write_block(11, bytes(16), A),
        lambda card: card.write_block(8, b"short", A), lambda card: card.read_block(64, A),
        lambda card: card.make_value(8, 2**31, A), lambda card: card.count(8, 2**31, A),
        lambda card: card.copy_value(8, 12, A), lambda card: Key("C"),
        lambda card: card.write_trailer(2, Trailer(A.value, Access((0, 0, 0, 0)), B.value), A),
    ],
)  # fmt: skip
def test_impossible_wishes_are_refused_in_a_sentence(classic, deed):
    with pytest.raises(Invalid, match=r"\.$"):
        deed(classic)


def test_a_sector_gets_keys_of_the_shop(desk, classic):
    ours = Trailer(b"\x01" * 6, Access((4, 4, 4, 3)), b"\x02" * 6)
    classic.write_trailer(2, ours, A)
    first, second = Key("A", ours.key_a), Key("B", ours.key_b)
    classic.write_block(8, b"member M000123..", second)
    assert classic.read_block(8, first) == b"member M000123.."
    with pytest.raises(CodeRefused):
        classic.read_block(8, A)
    final = Trailer(ours.key_a, Access((4, 4, 4, 0b110)), ours.key_b)
    with pytest.raises(Invalid, match="never be changed"):
        classic.write_trailer(2, final, second)
    classic.write_trailer(2, final, second, for_good=True)


def test_values_count_and_are_copied(classic):
    assert classic.count(6, -30, A) == 70
    assert classic.count(6, 5, B) == 75
    classic.make_value(9, -4, A)
    classic.copy_value(9, 10, A)
    assert (classic.read_value(6, A), classic.read_value(10, A)) == (75, -4)
    with pytest.raises(WrongCard, match="holds no value"):
        classic.read_value(8, A)
    classic.make_value(9, 2**31 - 1, A)
    with pytest.raises(Invalid, match="do not fit"):
        classic.count(9, 1, A)


def test_a_4k_card_has_long_sectors(desk):
    desk.tap("DEADBEEF", "classic4k")
    card = desk.reader.classic()
    assert len(card.read_sector(39, A)) == 16
    card.write_block(254, b"x" * 16, A)
    assert card.read_sector(39, A)[14] == b"x" * 16


# Ultralight and NTAG.


def test_pages_are_read_and_written(desk):
    desk.tap(kind="ntag213", pages={"4": "0103A00C"})
    pages = desk.reader.pages()
    assert pages.read(4)[:4].hex() == "0103a00c"
    pages.write(39, b"LAST")
    assert pages.read(39)[:4] == b"LAST"
    assert pages.model() == "NTAG213"
    for page, data in ((1, b"1234"), (3, b"1234"), (8, b"123")):
        with pytest.raises(Invalid):
            pages.write(page, data)
    with pytest.raises(WrongCard):
        pages.read(50)


def test_a_password_is_set_and_asked_for(desk):
    desk.tap(kind="ntag215")
    pages = desk.reader.pages()
    assert pages.protection() == Protection()
    pages.protect(Protection(first_page=8, reading=True), b"PASS", b"OK")
    assert pages.unlock(b"PASS") == b"OK"
    pages.write(8, b"ours")
    desk.reader.exchange(bytes.fromhex("FFB0000010"))
    desk.call("POST", "/fault", {"name": "card_reset"})
    with pytest.raises(DeviceError):
        pages.read(8)
    with pytest.raises(WrongCard):
        pages.read(8)
    with pytest.raises(CodeRefused):
        pages.unlock(b"GUES")
    pages.write(8, b"more", password=b"PASS")
    pages.protect(Protection(), b"\xff" * 4, current=b"PASS")
    assert pages.read(8)[:4] == b"more"
    with pytest.raises(Invalid, match="say so"):
        pages.protect(Protection(tries=3), b"PASS")


def test_a_counter_is_read_where_the_card_counts(desk):
    desk.tap(kind="ntag213")
    with pytest.raises(CodeRefused, match="does not count"):
        desk.reader.pages().counter()
    desk.tap(kind="ntag213", pages={"42": "20050000"}, counter=41)
    while desk.reader.poll(0):
        pass
    pages = desk.reader.pages()
    pages.read(4)
    assert pages.counter() == 42


def test_an_ultralight_has_pages_only(desk):
    desk.tap(kind="ultralight")
    pages = desk.reader.pages()
    pages.write(15, b"last")
    with pytest.raises(WrongCard, match="does not say which model"):
        pages.model()


# Another card, no card, a card that goes.


def test_only_the_card_that_was_seen_is_written(desk):
    with pytest.raises(NoCard, match="No card lies"):
        desk.reader.pages()
    desk.tap(kind="ntag213")
    assert desk.reader.poll(1) == Seen(desk.token())
    pages = desk.reader.pages()
    desk.tap("04FFFFFFFFFFFF", "ntag213")
    with pytest.raises(WrongCard, match="taken away; another"):
        pages.write(8, b"data")
    desk.take()
    with pytest.raises(NoCard):
        pages.write(8, b"data")
    desk.tap("DEADBEEF", "classic1k")
    while desk.reader.poll(0.1):
        pass
    with pytest.raises(WrongCard, match="no Ultralight"):
        desk.reader.pages()


@pytest.mark.parametrize("answer", ["not_transacted", "empty", "removed"])
@pytest.mark.parametrize("carried_out", [True, False])
def test_a_card_pulled_while_written_is_said_to_be_in_doubt(desk, answer, carried_out):
    desk.tap(kind="ntag213")
    assert desk.reader.poll(1)
    pages = desk.reader.pages()
    desk.fault("card_pulled", after=1, answer=answer, carried_out=carried_out)  # after the look at the UID
    with pytest.raises(NoCard) as told:
        pages.write(8, b"data")
    assert told.value.half == "unknown" and "Read the card again" in told.value.advice
    desk.tap(kind="ntag213")
    assert [type(desk.reader.poll(1)).__name__ for _ in range(2)] == ["Gone", "Seen"]
    desk.reader.pages().write(8, b"data")


def test_what_the_card_refused_is_untouched(desk):
    desk.tap(kind="ntag213", pages={"2": "00004001"})
    with pytest.raises(WrongCard) as told:
        desk.reader.pages().write(6, b"data")
    assert told.value.half == "untouched"


def test_lights(desk):
    desk.reader.itself.show(red=False, green=True, beeps=2)
    assert desk.call("GET", "/state")["lights"] == 2
    assert desk.call("GET", "/state")["beeps"]
    desk.reader.itself.show(red=False, green=False)  # answered with 90 00: both off, not an error
    assert desk.call("GET", "/state")["lights"] == 0


def test_the_ats_of_a_processor_card(desk):
    desk.tap(kind="desfire")
    assert desk.reader.ats().hex() == "80"
    assert desk.reader.exchange(bytes.fromhex("9060000000")).hex() == "04010112001a0591af"
    desk.tap(kind="ntag213")
    while desk.reader.poll(0):
        pass
    with pytest.raises(Rejected):
        desk.reader.ats()
