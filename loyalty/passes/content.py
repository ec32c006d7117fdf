"""What a pass says, the same for every wallet."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Final

COLOURS: Final = ("#0f766e", "#5c6773", "#8a6508", "#2f3a46")
"""Behind white letters (contrast 4.5 and more), by the style of the level: plain, silver, gold, platinum."""
MOST_REWARDS = 8


@dataclass(frozen=True)
class PassContent:
    """One member's pass. `language`: en, zh-Hant or zh-Hans, of words that come from the shop. `style`: 0 to 3.

    `balance`, `expiring`: in the wallet's own unit, `unit` empty for money, whose sign stands in `currency`.
    """

    shop: str
    number: str
    name: str
    language: str
    balance: Decimal
    unit: str
    currency: str = ""
    level: str = ""
    style: int = 0
    expiring: Decimal | None = None
    expiring_on: date | None = None
    rewards: tuple[str, ...] = ()
    ended: bool = False
    """The membership is over: the pass is shown as void."""

    @property
    def colour(self) -> str:
        return COLOURS[self.style]

    @property
    def digest(self) -> str:
        """SHA-256, 64 hex digits; the same for the same words."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def plain(amount: Decimal) -> str:
    """`1740.00` as it stands for a program: `1740`; `12.50` stays."""
    whole = amount.to_integral_value()
    return str(whole if amount == whole else amount)


def grouped(amount: Decimal) -> str:
    """`1,740`, `12.50`."""
    return f"{Decimal(plain(amount)):,}"
