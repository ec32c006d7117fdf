"""Old VIP cards (SLE4442) in a slot: number, memory, and the code that must never lock them by our doing."""

from contextlib import nullcontext

import pytest

from loyalty.contract.token import Token
from loyalty.devices.drivers.pcsc.sle4442_card import Sle4442Card
from loyalty.devices.drivers.pcsc.talk import Talk
from loyalty.devices.interfaces import Gone, Health, Seen
from loyalty.devices.profiles import read_profile
from loyalty.errors import CodeRefused, Garbled, Invalid, NoCard, WrongCard
from tests.devices.pcsc_bench import Desk, with_facts

pytestmark = pytest.mark.pcsc
CODE, WRONG = b"\xff\xff\xff", b"\x00\x00\x00"


@pytest.fixture(scope="module")
def simulated():
    desk = Desk("acr39-sle4442")
    yield desk
    desk.end()


@pytest.fixture
def desk(simulated):
    simulated.plug()
    yield simulated
    simulated.tidy()


@pytest.fixture
def card(desk):
    desk.tap("", "sle4442", bytes={"32": b"M000123".hex()})
    return desk.reader.sle4442()


def codes_sent(desk):
    return [row["hex"] for row in desk.call("GET", "/wire") if row["hex"].startswith("ff20")]


def test_the_number_in_its_memory_is_the_token(desk, card):
    reader = desk.plug(with_facts(desk.profile, number_area={"address": 32, "length": 16}))
    token = Token("number", "M000123", desk.ready["port"])
    assert reader.poll(1) == Seen(token)
    assert reader.sle4442().read(32, 7) == b"M000123"
    desk.take()
    assert reader.poll(1) == Gone(token)


@pytest.mark.parametrize("content", ["", "FF", "00", "4D2F", "C4"])
def test_a_card_without_a_number_shows_with_advice(desk, content):
    reader = desk.plug(with_facts(desk.profile, number_area={"address": 32, "length": 16}))
    desk.tap("", "sle4442", bytes={"32": content})
    assert reader.poll(0.1) is None
    status = reader.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "wrong_card")


@pytest.mark.parametrize("kind", ["sle4442", "iso7816"])
def test_without_a_number_area_no_contact_card_is_a_tap(desk, kind):
    desk.tap("", kind)
    assert desk.reader.poll(0.1) is None
    assert "no number" in desk.reader.status().detail


def test_anybody_reads_all_of_it(card):
    assert card.read(0, 4).hex() == "a2131091"
    memory = card.read(0, 256)
    assert len(memory) == 256 and memory[32:39] == b"M000123"
    assert card.protected() == {0, 1, 2, 3}
    assert card.tries_left() == 3


def test_writing_with_the_code_keeps(card):
    card.write(64, b"points 120", CODE)
    assert card.read(64, 10) == b"points 120"
    card.write(0, bytes.fromhex("A2"), CODE)  # protected, and the same: nothing to change
    card.write(100, bytes(range(156)), CODE)
    assert card.read(100, 156) == bytes(range(156))


def test_a_wrong_code_costs_a_try_and_the_last_one_is_never_used(desk, card):
    before = len(codes_sent(desk))
    with pytest.raises(CodeRefused, match="2 tries are left"):
        card.write(64, b"x", WRONG)
    with pytest.raises(CodeRefused, match="1 try is left"):
        card.check_code(WRONG)
    for code in (WRONG, CODE):  # not even the right one: nobody here knows that it is
        with pytest.raises(CodeRefused, match="One try is left") as told:
            card.check_code(code)
    assert "lock" in told.value.advice
    assert len(codes_sent(desk)) - before == 2
    assert card.tries_left() == 1 and card.read(64, 1) == b"\xff"


class Reader39:
    """Stands in for the link: a reader whose card is locked by the very code that it just showed three tries for."""

    url = "pcsc:ACR39"
    answers = {"ffa4": "9000", "ffb1": "070000009000", "ff20": "9000"}

    def watch(self, timeout_s):
        return None

    def exchange(self, command, timeout_s):
        return bytes.fromhex(self.answers[command[:2].hex()])

    alone = staticmethod(lambda timeout_s: nullcontext())


def test_9000_after_a_code_is_a_lost_card_not_a_success():
    """Another program may have used the tries up between our question and our code."""
    talk = Talk(Reader39(), read_profile("acr39-sle4442"), lambda: None, lambda: None)
    with pytest.raises(CodeRefused, match="now locked for good"):
        Sle4442Card(talk).check_code(CODE)


def test_a_right_code_gives_the_tries_back(card):
    with pytest.raises(CodeRefused):
        card.check_code(WRONG)
    card.check_code(CODE)
    assert card.tries_left() == 3


def test_a_locked_card_is_told_and_left_alone(desk):
    desk.tap("", "sle4442", tries=0)
    before = len(codes_sent(desk))
    with pytest.raises(CodeRefused, match="locked for good"):
        desk.reader.sle4442().write(64, b"x", CODE)
    assert len(codes_sent(desk)) == before


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_code_whose_answer_stays_out_is_never_presented_again(desk, card, carried_out):
    before = len(codes_sent(desk))
    desk.fault("card_pulled", after=2, carried_out=carried_out)  # after the type and the counter
    with pytest.raises(NoCard) as told:
        card.check_code(WRONG)
    assert told.value.half == "unknown"
    assert len(codes_sent(desk)) - before == 1


@pytest.mark.parametrize("fault", [{"name": "duplicate"}, {"name": "garble", "bit": 4}])
def test_a_damaged_answer_to_a_code_is_neither_right_nor_wrong(desk, card, fault):
    desk.fault(**fault, after=2 + 6)  # behind the answers to the type and the counter
    with pytest.raises(Garbled, match="Nobody knows") as told:
        card.check_code(CODE)
    assert told.value.half == "unknown"
    assert card.tries_left() == 3


def test_the_code_is_changed_and_tried(desk, card):
    card.change_code(CODE, b"\x12\x34\x56")
    card.write(64, b"x", b"\x12\x34\x56")
    with pytest.raises(CodeRefused):
        card.check_code(CODE)


def test_protecting_is_final_and_must_be_meant(card):
    with pytest.raises(Invalid, match="say so"):
        card.protect(8, 2, CODE)
    card.protect(8, 2, CODE, for_good=True)
    assert card.protected() == {0, 1, 2, 3, 8, 9}
    with pytest.raises(Invalid, match="Byte 8 of this card is protected"):
        card.write(7, b"abc", CODE)
    assert card.read(7, 1) == b"\xff"  # nothing of it was written


@pytest.mark.parametrize(("address", "data"), [(250, bytes(7)), (-1, b"x"), (0, b"")])
def test_what_does_not_fit_is_refused(card, address, data):
    with pytest.raises(Invalid, match="bytes 0 to 255"):
        card.write(address, data, CODE)
    with pytest.raises(Invalid, match="3 bytes"):
        card.check_code(b"\xff")


def test_another_card_is_no_sle4442(desk):
    desk.tap("", "iso7816")
    with pytest.raises(WrongCard, match="no SLE4442"):
        desk.reader.sle4442()


def test_a_file_card_is_reached_by_commands(desk):
    desk.tap("", "iso7816", files={"2F01": "00112233"})
    assert desk.reader.exchange(bytes.fromhex("00A40000022F01")).hex() == "9000"
    assert desk.reader.exchange(bytes.fromhex("00B0000004")).hex() == "001122339000"
