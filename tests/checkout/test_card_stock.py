"""Pre-printed cards: a batch comes in, a card is activated by being given, replaced, recalled."""

from datetime import timedelta

import pytest

from loyalty.checkout.enrol import enrol
from loyalty.checkout.issue_card import issue_card, replace_card
from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor
from loyalty.db.session import read, write
from loyalty.errors import CardBlocked, Conflict, Invalid, NotFound, UnknownMember
from loyalty.members.card_stock import NewBatch, give, numbered, receive, withdraw_batch
from loyalty.members.cards import cards_of, history, step_card
from loyalty.members.enrolment import NewMember
from loyalty.members.identification import identify
from tests.shop import CARD, Shop

BOX = NewBatch("Supplier 2026/7", "barcode", rewrite_limit=300)


def in_stock(shop: Shop, tokens=("LC000098", "LC000099", "LC000100"), batch=BOX) -> str:
    with write(shop.engine) as session:
        return receive(session, batch, tokens, shop.clock(), shop.conventions, staff="mei")


def test_a_pre_printed_card_works_from_the_moment_it_is_given(shop: Shop) -> None:
    in_stock(shop)
    with read(shop.engine) as session, pytest.raises(UnknownMember, match="new and belongs to nobody yet"):
        identify(Cursor(session), Token("barcode", "LC000099"), shop.conventions)
    shop.clock.forward(timedelta(hours=3))
    with write(shop.engine) as session:
        card = issue_card(session, shop.ann, "barcode", "LC000099", shop.clock(), shop.conventions, staff="till 1")
        told = [(row.event, row.staff, row.reason) for row in history(session, card.id)]
    assert told == [("stock", "mei", "Supplier 2026/7"), ("active", "till 1", None)]
    with read(shop.engine) as session:
        assert identify(Cursor(session), Token("barcode", "LC000099"), shop.conventions).member == shop.ann


def test_a_card_is_given_once(shop: Shop) -> None:
    in_stock(shop)
    with write(shop.engine) as session:
        give(session, shop.ann, "barcode", "LC000099", shop.clock(), shop.conventions)
        other = enrol(session, NewMember("Wong Siu Ming"), shop.clock(), shop.conventions).id
    with write(shop.engine) as session, pytest.raises(NotFound, match="does not lie in stock"):
        give(session, other, "barcode", "LC000099", shop.clock(), shop.conventions)
    with write(shop.engine) as session, pytest.raises(Conflict, match="belongs to member"):
        issue_card(session, other, "barcode", "LC000099", shop.clock(), shop.conventions)


def test_a_replacement_from_stock_keeps_points_and_ends_the_old_card(shop: Shop) -> None:
    in_stock(shop)
    shop.perform("purchase", id="p1", member=shop.ann, amount="120.00")
    with write(shop.engine) as session:
        old = cards_of(session, shop.ann)[0].id
        shop.clock.forward(timedelta(days=1))
        step_card(session, old, "lose", shop.clock(), staff="mei")
        shop.clock.forward(timedelta(days=1))
        new = replace_card(
            session, old, "barcode", "LC000100", shop.clock(), shop.conventions, staff="mei", reason="lost in the ferry"
        ).id
    assert shop.balance() == 120
    with read(shop.engine) as session:
        assert identify(Cursor(session), Token("barcode", "LC000100"), shop.conventions).card == new
        with pytest.raises(CardBlocked, match="replaced by a new one"):
            identify(Cursor(session), Token("card_uid", CARD), shop.conventions)
        assert [row.event for row in history(session, old)] == ["active", "lost", "replaced"]
        assert history(session, old)[-1].reason == "lost in the ferry"


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        (("LC000098", "LC000098"), "Card 2 is the same as card 1"),
        (("LC000150", "LC000099"), "LC000099 lies in stock already"),
        ((), "holds 1 to 100,000 cards"),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(shop: Shop, tokens, sentence: str) -> None:
    in_stock(shop)
    with pytest.raises((Invalid, Conflict), match=sentence):
        in_stock(shop, tokens)
    with write(shop.engine) as session, pytest.raises(NotFound):
        give(session, shop.ann, "barcode", "LC000150", shop.clock(), shop.conventions)


def test_a_recalled_batch_gives_no_more_cards(shop: Shop) -> None:
    batch = in_stock(shop)
    with write(shop.engine) as session:
        give(session, shop.ann, "barcode", "LC000098", shop.clock(), shop.conventions)
        assert withdraw_batch(session, batch, shop.clock()) == 2
        with pytest.raises(NotFound):
            give(session, shop.ann, "barcode", "LC000099", shop.clock(), shop.conventions)


def test_numbers_count_up_with_their_zeros() -> None:
    assert numbered("LC0099", 3) == ["LC0099", "LC0100", "LC0101"]
    assert numbered("0099", 2) == ["0099", "0100"]
    with pytest.raises(Invalid):
        numbered("LC-X", 3)
