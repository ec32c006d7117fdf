"""How a chosen reward goes into a sale, and what the till works out by itself while the server is away."""

from decimal import Decimal

from loyalty.contract.commands import Pay, Redeem
from loyalty.contract.outcomes import MemberView
from loyalty.counter.redemptions import Redemption
from loyalty.counter.till import Till


def redeem_of(row: Redemption, amount: Decimal | None, promised: bool) -> Redeem:
    """The reward as the sale takes it. `promised`: the customer was told the price with it already."""
    return Redeem(
        row.offer.name, quantity=None if row.by_point else row.quantity, points="max" if row.by_point else None,
        hold=None if row.offline else row.id, value=worth(row, amount) if promised else None, promised=promised,
    )  # fmt: skip


def worth(row: Redemption, amount: Decimal | None) -> Decimal | None:
    """Money that the reward takes off a sale of `amount`, where that can be told without the server."""
    if row.handed:
        return Decimal(0)
    if row.offer.money is None:
        return None
    off = row.offer.money * (row.points if row.by_point else row.quantity)
    return min(off, amount) if amount is not None else off


def pays(till: Till) -> tuple[Pay, ...]:
    return tuple(Pay(wallet, "max") for wallet in till.extras.pay)


def offline_quote(till: Till, member: MemberView) -> dict[str, object]:
    """What can be told from memory: the price with the rewards chosen, as of when the member was last seen."""
    off = [worth(row, till.amount) for row in till.chosen]
    given = till.extras.discount or Decimal(0)
    total = max((till.amount or Decimal(0)) - sum((each or Decimal(0) for each in off), given), Decimal(0))
    taken = (till.amount or Decimal(0)) - total
    quote: dict[str, object] = {"total": str(total), "due": str(total), "value": str(taken), "discount": "0"}
    return {**quote, "as_of": member.as_of.isoformat() if member.as_of else None}
