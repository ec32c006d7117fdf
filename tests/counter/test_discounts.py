"""Money off by hand: an amount or a share of what is typed, within the limit or with a supervisor's word."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.clock import SetClock
from loyalty.counter import till as mind
from loyalty.counter import till_rewards
from loyalty.counter.discounts import Discounts, OverDiscount
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk
from loyalty.counter.till import Extras, Till
from loyalty.errors import Invalid
from tests.counter.samples import NOON
from tests.counter.test_staff import AMY, SUE

EIGHTY = Till(amount=Decimal("80.00"))


@dataclass
class Desk:
    till: Till


def discounts(*staff: Any, till: Till = EIGHTY) -> Discounts:
    people = StaffDesk(staff, SetClock(NOON), lambda who: None)
    return Discounts(CounterSettings("till-1", Path("nowhere")), Desk(till), people)  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "off"), [("8", "8.00"), ("10%", "8.00"), ("7.5 %", "6.00"), ("0.33%", "0.26")])
def test_an_amount_or_a_share(said: str, off: str) -> None:
    assert discounts().read({"discount": said}) == Decimal(off)


@pytest.mark.parametrize("said", ["80", "100%", "0", "-5", "ten", "0.001%", "1.005"])
def test_what_is_no_discount_is_refused_in_one_sentence(said: str) -> None:
    with pytest.raises(Invalid):
        discounts().read({"discount": said})


def test_nothing_is_taken_off_an_amount_that_is_not_there() -> None:
    with pytest.raises(Invalid, match="amount of the sale first"):
        discounts(till=Till()).read({"discount": "5"})
    assert discounts(till=Till()).read({"discount": None}) is None


def test_beyond_the_limit_a_supervisor_says_yes() -> None:
    asked = discounts(AMY, SUE)
    assert asked.read({"discount": "10%"}) == 8
    with pytest.raises(OverDiscount, match="10 %"):
        asked.read({"discount": "8.01"})
    assert asked.read({"discount": "20"}, SUE) == 20
    asked.staff.sign_in("2222")
    assert asked.read({"discount": "20"}) == 20


def test_another_amount_is_another_sale_and_keeps_no_discount() -> None:
    till = till_rewards.extra(EIGHTY, Extras(codes=("A",), discount=Decimal(8)))
    assert mind.typed(till, Decimal("80.00")).extras.discount == 8
    assert mind.typed(till, Decimal("8.00")).extras == Extras(codes=("A",))
