"""Stored value at the till: sold from what the server told last, stored before it is promised, once under its id."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.contract.commands import GivePieces, TopUp, UndoPieces, UndoTopUp, UsePass
from loyalty.contract.gift_cards import GiftOutcome, SellGift, UndoGift
from loyalty.contract.outcomes import TopUpOutcome, WalletView
from loyalty.counter import till as till_mind
from loyalty.counter.choosing import NoMember, NotOffline
from loyalty.counter.gift_desk import SupervisorWanted
from loyalty.counter.known import Known
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.pieces import OverStamps, PieceWish
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.counter.topping_up import TopUpWish
from loyalty.errors import Conflict, InsufficientPoints, Invalid, NotFound
from tests.counter.samples import member, receipt
from tests.journeys.programs import free_port

OFFERS = """{"topups": [{"name": "Big", "wallet": "purse", "pay": "200.00", "gives": "250.00", "gifts": {}}],
             "wallets": ["purse"], "passes": ["visits"], "stamps": ["stamps"]}"""


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A counter that heard what is sold before its server went away."""
    nobody = f"http://127.0.0.1:{free_port()}"
    parts = put_together(CounterSettings(id="till-1", data_dir=tmp_path, server=nobody))
    Known(parts.store).put("topups", OFFERS)
    parts.sender.start()
    yield parts
    parts.sender.stop()
    parts.store.close()


def test_without_the_server_it_is_stored_once_and_can_be_undone(parts: Parts) -> None:
    wish = TopUpWish("a1", "Big")
    with pytest.raises(NoMember):
        parts.topping_up.top_up(wish)
    parts.desk.act(lambda till: till_mind.chosen(till, member("mem_1"), fresh=False))
    with pytest.raises(NotFound, match="no top-up 'Huge'"):
        parts.topping_up.top_up(TopUpWish("a0", "Huge"))
    with pytest.raises(Invalid):
        parts.topping_up.top_up(TopUpWish("a0", amount=Decimal(5), wallet="points"))
    entry, new = parts.topping_up.top_up(wish)
    again, twice = parts.topping_up.top_up(wish)
    assert (new, twice, again.seq, entry.open) == (True, False, entry.seq, True)
    with pytest.raises(Conflict):
        parts.topping_up.top_up(TopUpWish("a1", amount=Decimal(5)))
    assert isinstance(entry.command, TopUp)
    assert (entry.command.pay, entry.command.member) == (Decimal(200), "mem_1")
    (row,) = parts.undoing.last_sales()
    assert (row["total"], row["topup"], row["state"], row["undoable"]) == ("200.00", "Big", "pending", True)
    undo, _ = parts.undoing.undo("a1")
    assert isinstance(undo.command, UndoTopUp) and undo.command.topup == entry.id
    assert parts.undoing.last_sales()[0]["state"] == "undoing"
    with pytest.raises(NotFound):
        parts.undoing.move("a1", "mem_2", None, "wrong member")


def test_the_answer_brings_a_receipt_and_the_new_balance_whoever_is_here(parts: Parts) -> None:
    parts.desk.act(lambda till: till_mind.chosen(till, member("mem_1"), fresh=True))
    entry, _ = parts.topping_up.top_up(TopUpWish("b1", amount=Decimal("30"), wallet="purse"))
    richer = member("mem_1", points=130)
    told = TopUpOutcome(
        entry.id, entry.id, "booked", "", "purse", Decimal(30), {"purse": Decimal(30)}, richer, "", receipt=receipt("")
    )
    parts.desk.answered(entry, told)
    present = parts.desk.till.present
    assert present and present.member == richer and parts.jobs.receipt_of(entry.id)
    assert parts.desk.last_outcome and parts.desk.last_outcome["command"] == "top_up"


def test_visits_come_off_the_pass_and_a_second_stamp_by_hand_needs_a_supervisor(parts: Parts) -> None:
    here = replace(member("mem_1"), wallets={"visits": WalletView(Decimal(2), kind="count")})
    parts.desk.act(lambda till: till_mind.chosen(till, here, fresh=True))
    entry, new = parts.pieces.move(PieceWish("v1", "visits"))
    assert new and not parts.pieces.move(PieceWish("v1", "visits"))[1] and isinstance(entry.command, UsePass)
    with pytest.raises(InsufficientPoints, match="2 left"):
        parts.pieces.move(PieceWish("v2", "visits", 3))
    with pytest.raises(Invalid, match="none of the stamps"):
        parts.pieces.move(PieceWish("g0", "visits", reason="goodwill"))
    undo, _ = parts.undoing.undo("v1")
    assert isinstance(undo.command, UndoPieces) and undo.command.of == entry.id
    parts.pieces.move(PieceWish("g1", "stamps", reason="missed_sale"))
    row = parts.undoing.last_sales()[0]
    assert (row["topup"], row["pieces"], row["state"]) == ("stamps", 1, "pending")
    boss = StaffMember("bo", "Bo", "x", supervisor=True)
    guarded = replace(parts.pieces, staff=StaffDesk((boss,), parts.clock, lambda who: None))
    with pytest.raises(OverStamps):
        guarded.move(PieceWish("g2", "stamps", reason="missed_sale"))
    given, _ = guarded.move(PieceWish("g2", "stamps", reason="missed_sale"), boss)
    assert isinstance(given.command, GivePieces) and given.command.staff == "bo"


def test_gift_cards_are_sold_without_the_server_and_asked_only_with_it(parts: Parts) -> None:
    entry, new = parts.gifts.sell("c1", "GC-1", Decimal(100))
    assert new and not parts.gifts.sell("c1", "GC-1", Decimal(100))[1] and isinstance(entry.command, SellGift)
    for ask in (lambda: parts.gifts.look("GC-1"), lambda: parts.gifts.pay("p1", "GC-1", Decimal(5))):
        with pytest.raises(NotOffline):
            ask()
    row = parts.undoing.last_sales()[0]
    assert (row["total"], row["state"], row["undoable"]) == ("100", "pending", True)
    undo, _ = parts.undoing.undo("c1")
    assert isinstance(undo.command, UndoGift) and undo.command.of == entry.id
    told = GiftOutcome(entry.id, "…GC-1", "sold", Decimal(100), Decimal(100), "", receipt("g"))
    parts.desk.answered(entry, told)
    assert parts.jobs.receipt_of(entry.id) and parts.desk.last_outcome and parts.desk.last_outcome["gift"] == "…GC-1"
    boss = StaffMember("bo", "Bo", "x", supervisor=True)
    guarded = replace(parts.gifts, staff=StaffDesk((boss,), parts.clock, lambda who: None))
    with pytest.raises(SupervisorWanted):
        guarded.replace("n1", "till-1:c1", "GC-2", None)
