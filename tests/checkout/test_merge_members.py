"""Two records of one person become one and may part again; the ledger verifies at every point of the story."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.merge_members import merge_members, merges_of, preview_merge, undo_merge
from loyalty.checkout.outbox import answer
from loyalty.contract.commands import HoldReward, RecordPurchase, ReturnPurchase
from loyalty.contract.outcomes import CancelOutcome, HoldOutcome, PurchaseOutcome
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.prepared import Cursor
from loyalty.db.session import read, write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.members.cards import cards_of
from loyalty.members.enrolment import NewMember, get_member
from loyalty.members.identification import find_by_token
from loyalty.members.search import search
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import lots, point_members
from tests.shop import OPENED, PROGRAMME, Shop, open_shop

TWIN_CARD = "04FFB3C4D5E6F7"
CAKE = "{name: cake, on: birthday, fixed: 100}"
PENDING = PROGRAMME.replace("{points: {expiry:", "{points: {pending: {days: 7}, expiry:")


@pytest.fixture
def twins(engine: Engine) -> tuple[Shop, str]:
    return with_twin(open_shop(engine))


def with_twin(shop: Shop) -> tuple[Shop, str]:
    """Ann with 300 points of her own, and her second record: Gold, 1,700 points in two lots, a card, an e-mail."""
    with write(shop.engine) as session:
        new = NewMember("Chan Tai Man", email="chan@example.com", number="LC7Z9")
        twin = enrol(session, new, OPENED, shop.conventions, [("card_uid", TWIN_CARD)]).id
    shop.perform("purchase", id="p1", member=shop.ann, amount=300)
    shop.perform("purchase", id="p2", member=twin, amount=1200)
    shop.perform("credit", id="c1", member=twin, wallet="points", points=500, expires_on="2026-04-10", reason="gift")
    return shop, twin


def expiries(shop: Shop, member: str) -> dict[str, int]:
    """What is left of each lot, by its end."""
    at = lots.c
    rows = sa.select(at.expires_at, at.remaining).where(at.member == member, at.remaining > 0)
    with read(shop.engine) as session:
        return {str(row.expires_at): row.remaining for row in session.execute(rows)}


def merged(shop: Shop, twin: str) -> str:
    with write(shop.engine) as session:
        return merge_members(session, shop.ann, twin, "sue@shop.example", "came twice", shop.clock())


def undone(shop: Shop, id: str) -> None:
    with write(shop.engine) as session:
        undo_merge(session, id, "sue@shop.example", shop.clock())


def level(shop: Shop, member: str) -> str | None:
    with read(shop.engine) as session:
        standing = SqlFacts(session).standing(member)
        return standing.tier if standing else None


def test_points_cards_contact_and_level_pass_over_and_come_back(twins: tuple[Shop, str]) -> None:
    shop, twin = twins
    before = expiries(shop, twin)
    with read(shop.engine) as session:
        seen = preview_merge(session, shop.ann, twin, shop.clock())
    assert (seen.points, seen.cards, seen.level, seen.taken) == (
        {"points": 1700}, 1, "Gold", {"email": "chan@example.com"},
    )  # fmt: skip
    assert shop.balance(twin) == 1700  # looking changes nothing

    id = merged(shop, twin)
    assert (shop.balance(), shop.balance(twin), level(shop, shop.ann)) == (2000, 0, "Gold")
    assert before.items() <= expiries(shop, shop.ann).items()  # each lot keeps its end
    assert shop.verify().ok
    with read(shop.engine) as session:
        assert get_member(session, shop.ann).email == "chan@example.com"
        assert len(cards_of(session, shop.ann)) == 2
        found = find_by_token(Cursor(session), Token("number", "LC7Z9"), shop.conventions)
        assert found is not None and found.member == shop.ann  # the old slip still works
        assert [one.id for one in search(session, "chan").members] == [shop.ann]  # by e-mail; the old name is gone

    undone(shop, id)
    assert (shop.balance(), shop.balance(twin), level(shop, shop.ann)) == (300, 1700, "Basic")
    assert expiries(shop, twin) == before
    assert shop.verify().ok
    with read(shop.engine) as session:
        assert get_member(session, twin).email == "chan@example.com" and get_member(session, shop.ann).email is None
        assert [card.token for card in cards_of(session, twin)] == [TWIN_CARD]
        assert [one.id for one in search(session, "chan").members] == [twin]
        assert [row.undone_by for row in merges_of(session, twin)] == ["sue@shop.example"]


def test_what_was_spent_meanwhile_stays_spent(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    id = merged(shop, twin)
    shop.perform("redeem", id="r1", member=shop.ann, reward="$50 off", quantity=2)
    undone(shop, id)
    assert shop.balance() + shop.balance(twin) == 1000 and shop.balance() >= 0
    assert shop.verify().ok
    with pytest.raises(Conflict, match="undone already"):
        undone(shop, id)


def test_points_that_wait_go_over_waiting_and_come_back_ready(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine, PENDING))
    id = merged(shop, twin)
    assert shop.balance() == 500 and shop.verify().ok  # the gift only
    shop.clock.set(OPENED + timedelta(days=8))
    undone(shop, id)
    shop.perform("advance")
    assert (shop.balance(), shop.balance(twin)) == (300, 1700)
    assert shop.verify().ok


def test_what_cannot_be_merged_is_said_and_changes_nothing(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with pytest.raises(LoyaltyError, match="two different"):
        merged(shop, shop.ann)
    shop.perform("hold", id="h1", member=twin, wallet="points", points=100)
    with pytest.raises(Conflict, match="set aside"):
        merged(shop, twin)
    shop.perform("release", id="h2", hold="h1")
    id = merged(shop, twin)
    with pytest.raises(Conflict, match="merged"):
        merged(shop, twin)
    shop.clock.set(OPENED + timedelta(days=31))
    with pytest.raises(Conflict, match="30 days"):
        undone(shop, id)
    assert shop.verify().ok


def test_a_sale_that_comes_late_under_the_old_record_goes_to_the_one_that_goes_on(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with write(shop.engine) as session:
        third = enrol(session, NewMember("Chan T. M.", number="LC8Z8"), OPENED, shop.conventions, []).id
        merge_members(session, twin, third, "sue@shop.example", "", shop.clock())
    merged(shop, twin)
    before = shop.balance()
    sale = RecordPurchase("late", "till-1", 1, OPENED, member=third, amount=Decimal("120"))
    told = answer(shop.engine, "till-1", to_json(sale), shop.clock(), shop.conventions).outcome
    assert isinstance(told, PurchaseOutcome) and told.member is not None and told.member.id == shop.ann
    assert (shop.balance(), shop.balance(twin), shop.balance(third)) == (before + 120, 0, 0)
    hold = HoldReward("h1", "till-1", 2, OPENED, third, "$50 off")
    held = answer(shop.engine, "till-1", to_json(hold), shop.clock(), shop.conventions).outcome
    assert isinstance(held, HoldOutcome)
    with read(shop.engine) as session:
        found = find_by_token(Cursor(session), Token("number", "LC8Z8"), shop.conventions)
    assert found is not None and found.member == shop.ann  # merged twice, and still found by its number
    assert shop.verify().ok


def bring_back(shop: Shop, id: str, sale: str, seq: int) -> None:
    command = ReturnPurchase(id, "till-1", seq, shop.clock(), sale, all=True)
    told = answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions).outcome
    assert isinstance(told, CancelOutcome) and told.member is not None and told.member.id == shop.ann


def test_what_comes_back_of_a_sale_from_before_is_settled_with_the_record_that_goes_on(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    id = merged(shop, twin)
    bring_back(shop, "back", "p2", 1)
    assert (shop.balance(), shop.balance(twin)) == (800, 0)  # the 1,200 of that sale are gone, and nothing is owed
    assert shop.verify().ok
    undone(shop, id)
    assert (shop.balance(), shop.balance(twin)) == (300, 500)
    assert shop.verify().ok


def test_points_that_come_back_under_the_old_record_pass_on_too(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    shop.perform("purchase", id="p3", member=twin, amount=200, redeem=[{"reward": "$50 off", "quantity": 1}])
    all_of_it = shop.balance() + 500 + shop.balance(twin)
    id = merged(shop, twin)
    bring_back(shop, "back", "p3", 1)
    earned = 150  # of that sale: 200 less the 50 of the reward
    assert (shop.balance(), shop.balance(twin)) == (all_of_it - earned, 0)
    assert shop.verify().ok
    undone(shop, id)
    assert (shop.balance(), shop.balance(twin)) == (300, all_of_it - earned - 300)
    assert shop.verify().ok


def test_part_of_a_sale_from_before_comes_back_after_two_merges(sqlite_engine: Engine) -> None:
    shop, twin = with_twin(open_shop(sqlite_engine))
    with write(shop.engine) as session:
        third = enrol(session, NewMember("Chan T. M.", number="LC8Z8"), OPENED, shop.conventions, []).id
    shop.perform("purchase", id="p3", member=third, amount=400)
    with write(shop.engine) as session:
        merge_members(session, twin, third, "sue@shop.example", "", shop.clock())
    merged(shop, twin)
    for seq, part, left in ((1, 100, 2300), (2, 300, 2000), (3, 0, 2000)):
        what = {"amount": Decimal(part)} if part else {"all": True}
        command = ReturnPurchase(f"back{seq}", "till-1", seq, shop.clock(), "p3", **what)
        answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions)
        assert [shop.balance(each) for each in (shop.ann, twin, third)] == [left, 0, 0]
        assert shop.verify().ok


def test_nobody_has_two_birthdays(sqlite_engine: Engine) -> None:
    shop, _ = with_twin(open_shop(sqlite_engine, PROGRAMME.replace("earn: [", f"earn: [{CAKE}, ")))
    with write(shop.engine) as session:
        born = [NewMember(f"Ho {n}", number=f"LC{n}Z8", birthday=date(1990, 3, 20)) for n in (1, 2)]
        kept, gone = (enrol(session, one, OPENED, shop.conventions, []).id for one in born)
    with write(shop.engine) as session:
        id = merge_members(session, kept, gone, "sue@shop.example", "", shop.clock())
    shop.clock.set(OPENED + timedelta(days=25))
    for member in (kept, gone):  # whoever is looked at gets what is due
        shop.perform("credit", id=f"c-{member}", member=member, wallet="points", points=1, reason="gift")
    assert (shop.balance(kept), shop.balance(gone)) == (101, 1)
    undone(shop, id)
    with read(shop.engine) as session:
        known = session.scalar(sa.select(point_members.c.birthday).where(point_members.c.id == gone))
    assert known == date(1990, 3, 20)
