"""Money that the cashier takes off the open sale: an amount or a share; beyond a limit a supervisor says yes."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loyalty.counter.choosing import OverFloor
from loyalty.counter.desk import Desk
from loyalty.counter.sale_request import read_amount
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.errors import Invalid
from loyalty.money import digits_of

WHOLE = Decimal(100)


class OverDiscount(OverFloor):
    """More than whoever stands at the till may take off."""

    code = "over_discount"


@dataclass(frozen=True)
class Discounts:
    settings: CounterSettings
    desk: Desk
    staff: StaffDesk

    def read(self, body: dict[str, Any], supervisor: StaffMember | None = None) -> Decimal | None:
        """`discount` of the body as money: "12.50", or "10%" of the amount typed; None takes it away again."""
        given = body["discount"]
        if given in (None, ""):
            return None
        amount = self.desk.till.amount
        if amount is None:
            raise Invalid("Type the amount of the sale first, then what comes off it.", pointer="/discount")
        off = self._money(str(given).strip(), amount)
        if off >= amount:
            raise Invalid(f"The discount {off} is not smaller than the sale of {amount}.", pointer="/discount")
        here = self.staff.here
        free = not self.staff.known or supervisor or (here and here.supervisor)
        if not free and off * WHOLE > amount * self.settings.discount_percent:
            raise OverDiscount(f"More than {self.settings.discount_percent} % off needs a supervisor.")
        return off

    def _money(self, text: str, amount: Decimal) -> Decimal:
        if not text.endswith("%"):
            return read_amount(text, self.settings.currency, "/discount")
        percent = read_amount(text[:-1].strip(), "HKD", "/discount")
        exponent = Decimal(1).scaleb(-digits_of(self.settings.currency))
        off = (amount * percent / WHOLE).quantize(exponent, ROUND_HALF_UP)
        if off <= 0:
            raise Invalid(f"{text} of {amount} is nothing; type more.", pointer="/discount")
        return off
