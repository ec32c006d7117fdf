"""What stands on a customer's receipt."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReceiptLine:
    text: str
    amount: str


@dataclass(frozen=True)
class ReceiptData:
    """All that the customer's receipt shows; amounts and points are already text with their digits."""

    shop: str
    title: str
    printed_at: datetime
    purchase: str
    masked_name: str
    number: str
    currency: str
    total: str
    earned: str
    balance: str
    unit: str
    tier: str
    language: str
    lines: tuple[ReceiptLine, ...] = ()
    notes: tuple[str, ...] = ()
    claim: str = ""  # the address that brings the points of a sale without a card; empty for all others
