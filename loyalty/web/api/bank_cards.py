"""A bank card's stripe is refused at the edge: what is never taken in need not be guarded for ever."""

from loyalty.contract.bank_card import holds_bank_stripe
from loyalty.errors import Invalid


def refuse_bank_card(kind: str | None, token: str | None) -> None:
    """Invalid, whose text holds no digit of it, when a stripe was sent that holds a bank card's number."""
    if token and holds_bank_stripe(kind, token):
        raise Invalid(
            "This is a bank card and was not kept; ask for the member's card.", code="bank_card", pointer="/token"
        )
