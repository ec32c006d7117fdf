"""The marks by which copies of cards are found out, on DESFire, NTAG 424 and MIFARE Classic."""

import pytest

from loyalty.devices.drivers.pcsc.classic_card import Key
from loyalty.devices.drivers.pcsc.marks import ClassicMark, DesfireMark, Ntag424Mark
from loyalty.devices.wire.apdu.mark import Mark, Strength, Verdict, judge
from loyalty.errors import CodeRefused, DeviceError, Invalid
from tests.devices.pcsc_bench import UID, Desk
from tests.devices.secure_cards import FILE, META, PLACE, SEAL, leave_and_come, shop_card, signing

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


def desfire_mark(desk):
    return DesfireMark(desk.reader.desfire(), PLACE, SEAL)


def classic_mark(desk):
    return ClassicMark(desk.reader.classic(), bytes.fromhex("DEADBEEF"), (4, 5), Key("A"), SEAL)


def lay(desk, kind, **memory):
    desk.tap("DEADBEEF" if kind == "classic1k" else UID, kind, **memory)
    desk.see()


@pytest.mark.parametrize(
    ("kind", "mark", "strength"),
    [("desfire", desfire_mark, Strength.STRONG), ("classic1k", classic_mark, Strength.WEAK)],
)
def test_a_mark_is_read_and_moved_on(desk, kind, mark, strength):
    lay(desk, kind, **(shop_card() if kind == "desfire" else {}))
    assert mark(desk).read_mark() is None
    for sequence in (1, 2, 3):
        assert mark(desk).write_mark(sequence) == Mark(sequence, strength)
        assert mark(desk).read_mark() == Mark(sequence, strength)
    with pytest.raises(Invalid):
        mark(desk).write_mark(-1)


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(("kind", "mark"), [("desfire", desfire_mark), ("classic1k", classic_mark)])
def test_a_card_pulled_shows_the_old_mark_or_the_new_one(desk, kind, mark, carried_out):
    found = set()
    for step in range(25):
        lay(desk, kind, **(shop_card(mark=7) if kind == "desfire" else {}))
        if kind == "classic1k":
            mark(desk).write_mark(7)
        marked = mark(desk)
        desk.fault("card_pulled", after=step, carried_out=carried_out)
        try:
            marked.write_mark(8)
        except DeviceError as error:
            half = error.half
        else:
            desk.clear()
            break
        desk.tap_again()
        sequence = mark(desk).read_mark().sequence
        assert sequence == 7 or half == "unknown"
        found.add(sequence)
    assert found == ({7, 8} if carried_out or kind == "classic1k" else {7})


def test_a_copied_classic_is_found_out_once_both_were_used(desk):
    lay(desk, "classic1k")
    classic_mark(desk).write_mark(5)
    copy = {str(block): desk.reader.classic().read_block(block, Key("A")).hex() for block in (4, 5)}
    kept = classic_mark(desk).write_mark(6).sequence
    lay(desk, "classic1k", blocks=copy)
    assert judge(classic_mark(desk).read_mark(), kept) is Verdict.BEHIND
    lay(desk, "classic1k", blocks={"4": "11" * 16})
    assert judge(classic_mark(desk).read_mark(), kept) is Verdict.MISSING


def test_a_desfire_with_another_key_shows_no_mark(desk):
    memory = shop_card(mark=5)
    memory["applications"]["F48120"]["keys"] = ["99" * 16] * 4
    lay(desk, "desfire", **memory)
    with pytest.raises(CodeRefused):
        desfire_mark(desk).read_mark()
    lay(desk, "desfire", **shop_card(mark=5, uid="04FFFFFFFFFFFF"))  # copied from another card by who has the key
    assert desfire_mark(desk).read_mark() is None


def test_a_signing_tag_moves_its_mark_itself(desk):
    _, layout = signing(desk)
    sequences = []
    for _ in range(2):
        mark = Ntag424Mark(leave_and_come(desk), layout, META, FILE)
        sequences.append(mark.read_mark())
    assert [each.sequence for each in sequences] == [1, 2] and sequences[0].moves_itself
    assert judge(sequences[1], 1) is Verdict.AHEAD and judge(sequences[1], 2) is Verdict.BEHIND
    assert mark.write_mark(2).sequence == 3
    with pytest.raises(Invalid, match="counts by itself"):
        mark.write_mark(99)
