"""Codes on the receipts of sales without a card: whether the shop offers them, and the receipt that carries one."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty.contract.claim import new_code, token_of
from loyalty.contract.outcomes import ReceiptData, ReceiptLine
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.counter.known import Known
from loyalty.counter.link import Link
from loyalty.counter.print_job import RECEIPT, WAITING
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.sale_request import SaleRequest
from loyalty.counter.settings import CounterSettings
from loyalty.errors import LoyaltyError
from loyalty.money import digits_of

_KNOWN = "receipt_claims"
_TITLE = {"en": "Points to collect", "zh-Hant": "待領積分", "zh-Hans": "待领积分"}
_SCAN = {
    "en": "Scan to collect the points of this purchase, within {days} days.",
    "zh-Hant": "請於 {days} 天內掃描二維碼，領取是次購物的積分。",
    "zh-Hans": "请在 {days} 天内扫描二维码，领取本次购物的积分。",
}
_CODE = {"en": "Code {code}", "zh-Hant": "代碼 {code}", "zh-Hans": "代码 {code}"}


class NotOffered(LoyaltyError):
    """Says how to get it."""

    code = "no_claims"


@dataclass(frozen=True)
class Offer:
    """`address`: what stands in the QR code before the code itself. `days`: how long a code is good."""

    address: str
    days: int


@dataclass(frozen=True)
class Ticket:
    """What a sale without a card carries to the server, and the receipt with the code for the customer."""

    token: Token
    receipt: ReceiptData


class Claims:
    """What the server said last is remembered, so that codes are made while it is away too."""

    def __init__(self, settings: CounterSettings, known: Known, link: Link, jobs: PrintJobs) -> None:
        self._settings, self._known, self._link, self._jobs = settings, known, link, jobs

    def fetch(self) -> None:
        """Asks the server whether the shop offers codes. Unreachable or LoyaltyError as the link has them."""
        offer = json.dumps(self._link.claims())
        if offer != self._known.get(_KNOWN):
            self._known.put(_KNOWN, offer)

    @property
    def offer(self) -> Offer | None:
        """None while the shop offers none, or this counter has nothing to print them with."""
        if not any(device.role == "receipt_printer" for device in self._settings.devices):
            return None
        said = json.loads(self._known.get(_KNOWN) or "{}")
        return Offer(str(said["address"]), int(said["days"])) if said.get("address") else None

    def ticket(self, id: str, request: SaleRequest, now: datetime) -> Ticket:
        """A new code for this sale. NotOffered where there are none."""
        offer = self.offer
        if offer is None:
            raise NotOffered("Receipts carry no code here; the shop offers them in the back office under Settings.")
        code, said = new_code(), self._settings.language if self._settings.language in _TITLE else "en"
        digits = digits_of(self._settings.currency)
        amounts = [line.amount for line in request.lines]
        total = request.amount if request.amount is not None else sum(amounts, Decimal(0))
        receipt = ReceiptData(
            shop=self._settings.shop or self._settings.id, title=_TITLE[said], printed_at=now,
            purchase=id, masked_name="", number="", currency=self._settings.currency, total=f"{total:,.{digits}f}",
            earned="", balance="", unit="", tier="", language=said,
            lines=tuple(ReceiptLine(line.sku or line.category or "", str(line.amount)) for line in request.lines),
            notes=(_SCAN[said].format(days=offer.days), _CODE[said].format(code=code)), claim=offer.address + code,
        )  # fmt: skip
        return Ticket(token_of(code), receipt)

    def write(self, disk: sqlite3.Connection, ticket: Ticket, id: str, now: datetime) -> None:
        """The receipt, in the transaction that keeps the sale: neither is ever without the other."""
        self._jobs.insert(disk, RECEIPT, WAITING, to_json(ticket.receipt), None, id, now)

    def written(self) -> None:
        """That transaction is done: the printer may begin."""
        self._jobs.tell()
