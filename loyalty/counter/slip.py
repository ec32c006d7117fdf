"""The slip that a reward comes out with: what the customer gets, for whom, and the number that names it.

The same kind of number stands on receipts: a scanner that reads one brings the sale, not a member.
"""

import re
from datetime import datetime

from loyalty.contract.outcomes import MemberView, ReceiptData, ReceiptLine
from loyalty.contract.token import Token
from loyalty.counter.redemptions import Redemption
from loyalty.counter.settings import CounterSettings

_TITLE = {"en": "Reward", "zh-Hant": "獎賞", "zh-Hans": "奖赏"}
_POINTS = {"en": "{} points", "zh-Hant": "{} 積分", "zh-Hans": "{} 积分"}


_RECEIPT = re.compile(r"[\w.-]{1,60}:[\w.:-]{6,200}\Z", re.ASCII)


def is_receipt(token: Token) -> bool:
    """The code on a receipt: a counter's name, a colon and the number of a sale. No member's code has a colon."""
    return token.kind == "barcode" and _RECEIPT.match(token.value) is not None


def slip_of(row: Redemption, member: MemberView | None, settings: CounterSettings, now: datetime) -> ReceiptData:
    """As a receipt without a total."""
    language = member.language if member and member.language in _TITLE else settings.language
    wallet = member.wallets.get(row.offer.wallet) if member else None
    points = f"{row.points:,.{wallet.decimals if wallet else 0}f}"
    name = row.offer.name if row.quantity == 1 else f"{row.quantity} x {row.offer.name}"
    return ReceiptData(
        shop=settings.shop or settings.id, title=_TITLE[language], printed_at=now, purchase=row.id,
        masked_name=member.masked_name if member else "", number=member.number if member else "",
        currency="", total="", earned="", balance="", unit="", tier="", language=language,
        lines=(ReceiptLine(name, _POINTS[language].format(points)),),
        notes=(row.offer.worth,) if row.offer.worth not in ("", row.offer.name) else (),
    )  # fmt: skip
