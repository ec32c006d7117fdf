"""What a step has to say, as JSON: the `last` of scenario files and the answers of the API.

Money is decimal text with the currency's digits; points are whole numbers, or decimal text in wallets with decimals.
Entries that a verb has nothing to say about are left out.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from loyalty.points.exact import as_text, money_text, points_json, ratio, tidy
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import AwardEntry, Voucher
from loyalty.points.programme import Programme
from loyalty.points.step import Said

_WALLETS = ("earned", "spent", "reversed", "given_back", "credited", "removed", "refund_wallets")
_MONEY = ("total", "due", "discount", "value", "refund", "cost")


def render(said: Said, programme: Programme) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in (*_WALLETS, "paid"):
        figures: Mapping[str, int] = getattr(said, name)
        if figures:
            result[name] = {wallet: points_in(programme, wallet, amount) for wallet, amount in figures.items()}
    for name in _MONEY:
        amount = getattr(said, name)
        if amount is not None:
            result[name] = money_text(amount, programme.digits)
    if said.redeemed:
        result["redeemed"] = _sum(programme, said.redeemed)
    if said.explanation:
        result["explanation"] = {
            wallet: [entry_json(programme, wallet, entry) for entry in entries]
            for wallet, entries in said.explanation.items()
        }
    if said.offers:
        result["offers"] = [
            {"name": name, "amount": money_text(amount, programme.digits)} for name, amount in said.offers
        ]
    if said.free_items:
        result["free_items"] = dict(said.free_items)
    if said.vouchers:
        result["vouchers"] = [voucher_json(programme, voucher) for voucher in said.vouchers]
    if said.unused_codes:
        result["unused_codes"] = list(said.unused_codes)
    return result


def points_in(programme: Programme, wallet: str, amount: int) -> int | str:
    return points_json(amount, programme.wallet(wallet).decimals)


def _sum(programme: Programme, figures: Mapping[str, int]) -> int | str:
    total: Exact = sum(
        (Fraction(amount, 10 ** programme.wallet(wallet).decimals) for wallet, amount in figures.items()),
        start=Fraction(0),
    )
    total = tidy(total)
    return total if isinstance(total, int) else as_text(total)


def entry_json(programme: Programme, wallet: str, entry: AwardEntry) -> dict[str, Any]:
    """Exact points: a whole number, or text with up to 6 decimals."""
    points = ratio(entry.points, 10 ** programme.wallet(wallet).decimals)
    shown = {"rule": entry.rule, "points": points if isinstance(points, int) else as_text(points)}
    return {**shown, "why": entry.why} if entry.why else shown


def voucher_json(programme: Programme, voucher: Voucher) -> dict[str, Any]:
    """`value` is its amount, percent or product; dates are local days, null = at once or open."""
    if voucher.product is not None:
        value: str = voucher.product
    elif voucher.amount is not None:
        value = money_text(voucher.amount, programme.digits)
    else:
        value = as_text(voucher.percent or 0)
    kind = "product" if voucher.product is not None else "amount" if voucher.amount is not None else "percent"
    return {
        "id": voucher.id,
        "kind": kind,
        "value": value,
        "active_on": voucher.active_on.isoformat() if voucher.active_on else None,
        "expires_on": voucher.expires_on.isoformat() if voucher.expires_on else None,
    }
