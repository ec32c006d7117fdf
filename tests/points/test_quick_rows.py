"""Rows that are made faster are the same rows: frozen, equal, with their defaults, replaced by name."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from loyalty.points.exact import exact
from loyalty.points.facts import Account, LotMove
from loyalty.points.quick_rows import replace


def test_a_row_is_frozen_once_it_is_made() -> None:
    account = Account("alice", "points", active=5)
    assert type(account) is Account
    with pytest.raises(FrozenInstanceError):
        account.active = 6  # type: ignore[misc]
    assert not hasattr(account, "__dict__")


def test_rows_of_equal_content_are_equal() -> None:
    assert Account("alice", "points", 5) == Account(member="alice", wallet="points", active=5)
    assert len({LotMove(1, 5), LotMove(1, 5), LotMove(1, 6)}) == 2
    assert repr(LotMove(1, 5)) == "LotMove(lot=1, amount=5, cost=0)"


def test_a_missing_or_unknown_field_is_refused_as_before() -> None:
    with pytest.raises(TypeError, match="wallet"):
        Account("alice")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        Account("alice", "points", colour="red")  # type: ignore[call-arg]


def test_replace_is_that_of_dataclasses() -> None:
    account = Account("alice", "points", 5, held=2)
    assert replace(account, active=7) == dataclasses.replace(account, active=7)
    assert account.active == 5
    with pytest.raises(KeyError):
        replace(account, colour="red")


def test_copies_are_equal() -> None:
    row = Account("alice", "points", 5)
    assert copy.copy(row) == copy.deepcopy(row) == pickle.loads(pickle.dumps(row)) == row


@pytest.mark.parametrize("text", ["0", "-0", "105", "105.00", "-12.5", "0.000000000001", "999999999999.999999999999"])
def test_numbers_in_text_are_read_as_decimals_are(text: str) -> None:
    assert exact(text) == exact(Decimal(text))
    assert type(exact(text)) is type(exact(Decimal(text)))
