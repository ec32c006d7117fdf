"""What the open sale would come to and give, before it is booked: asked of the server whenever the sale changes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.counter import till as till_mind
from loyalty.counter.desk import Desk
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.online import LinkWatch
from loyalty.counter.sale_parts import offline_quote, redeem_of
from loyalty.counter.settings import CounterSettings
from loyalty.counter.till import Till
from loyalty.errors import LoyaltyError


@dataclass(frozen=True)
class Quoting:
    settings: CounterSettings
    link: Link
    watch: LinkWatch
    desk: Desk

    def typed(self, amount: Decimal | None) -> dict[str, Any] | None:
        """The amount as it stands in the field now; the quote for it."""
        return self.ask(self.desk.act(lambda till: till_mind.typed(till, amount)))

    def again(self) -> dict[str, Any] | None:
        """For the sale as it is, after a reward came or went."""
        return self.ask(self.desk.till)

    def ask(self, till: Till) -> dict[str, Any] | None:
        """The server's answer; from memory, marked `as_of`, while it is away; None where there is nothing to quote.

        A quote that the rules turn down has `refused` with the code and `why` with the sentence.
        """
        member = till.present.member if till.present else None
        if till.amount is None or member is None or till.committing:
            return None
        answer: dict[str, Any] | None = None
        if self.watch.state.online:
            try:
                answer = self.link.quote(self._body(till, member.id))
            except Unreachable:
                answer = None  # a quote is a courtesy; the sale itself will tell
            except LoyaltyError as error:
                answer = {"refused": error.code, "why": str(error)}
        quote = answer or offline_quote(till, member)
        self.desk.act(lambda now: till_mind.quoted(now, till, quote))
        return quote

    def _body(self, till: Till, member: str) -> dict[str, Any]:
        body: dict[str, Any] = {"member": member, "amount": str(till.amount)}
        lowers = [redeem_of(row, till.amount, False) for row in till.chosen if not row.handed]
        extras = till.extras
        parts = {
            "store": self.settings.store,
            "redeem": [
                {key: value for key, value in vars(each).items() if key in ("reward", "quantity", "points") and value}
                for each in lowers
            ],
            "holds": [each.hold for each in lowers if each.hold],
            "vouchers": list(extras.vouchers),
            "codes": list(extras.codes),
            "discount": str(extras.discount) if extras.discount else None,
            "pay": [{"wallet": wallet, "amount": "max"} for wallet in extras.pay],
        }
        return body | {key: value for key, value in parts.items() if value}
