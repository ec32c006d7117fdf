"""What the use cases of a sale share: the answer's parts, made from what the engine said and the member as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.checkout.member_view import member_view, programme_of
from loyalty.checkout.words import money_text, points_word
from loyalty.contract.outcomes import Expiring, FaceData, MemberView, ReceiptData, ReceiptLine, VoucherView, Why
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts

_TITLE = {"en": "Points receipt", "zh-Hant": "積分收據", "zh-Hans": "积分收据"}
_EXPIRES = {
    "en": "{} {} until {}",
    "zh-Hant": "{} {} 有效至 {}",
    "zh-Hans": "{} {} 有效至 {}",
}


@dataclass(frozen=True)
class Shown:
    """A member and the programme after a step, with what a card and a receipt need of them."""

    view: MemberView
    programme: Programme
    now: datetime

    @property
    def wallet(self) -> str:
        """The wallet that stands on cards and receipts: the programme's first."""
        return self.programme.first_wallet

    @property
    def balance(self) -> str:
        shown = self.view.wallets[self.wallet]
        return f"{shown.available:,.{shown.decimals}f}"

    @property
    def unit(self) -> str:
        shown = self.view.wallets[self.wallet]
        return points_word(self.wallet, shown.kind, self.view.language)

    @property
    def next_to_expire(self) -> Expiring | None:
        """The nearest day within two months on which points die."""
        return next(iter(self.view.wallets[self.wallet].expiring), None)


def shown(facts: SqlFacts, member: str, now: datetime) -> Shown:
    """The member after everything that was posted so far."""
    return Shown(member_view(facts, member, now), programme_of(facts, now).programme, now)


def face_data(state: Shown, visited_at: datetime) -> FaceData:
    """All that stands on the card's face after this visit."""
    view, zone = state.view, zone_of(state.programme.timezone)
    return FaceData(
        shop=state.programme.name,
        name=view.name,
        number=view.number,
        balance=state.balance,
        unit=state.unit,
        tier=view.tier.name if view.tier else "",
        tier_rank=view.tier.rank if view.tier else 0,
        language=view.language,
        as_of=state.now,
        visited_on=day_of(visited_at, zone),
        expiring=state.next_to_expire,
    )


def receipt_data(state: Shown, purchase: str, result: Mapping[str, Any], lines: tuple[ReceiptLine, ...]) -> ReceiptData:
    """All that stands on the customer's receipt; `lines` as the till sent them."""
    view, language = state.view, state.view.language
    expiring = state.next_to_expire
    notes: tuple[str, ...] = ()
    if expiring is not None:
        amount = f"{expiring.amount:,.{view.wallets[state.wallet].decimals}f}"
        notes = (_EXPIRES[language].format(amount, state.unit, expiring.on.isoformat()),)
    return ReceiptData(
        shop=state.programme.name,
        title=_TITLE[language],
        printed_at=state.now,
        purchase=purchase,
        masked_name=view.masked_name,
        number=view.number,
        currency=state.programme.currency,
        total=str(result.get("total", "0")),
        earned=str(earned_of(result).get(state.wallet, 0)),
        balance=state.balance,
        unit=state.unit,
        tier=view.tier.name if view.tier else "",
        language=language,
        lines=lines,
        notes=notes,
    )


def amounts_of(result: Mapping[str, Any], name: str) -> dict[str, Decimal]:
    """A figure by wallet, such as `earned`, as numbers."""
    return {wallet: Decimal(str(points)) for wallet, points in (result.get(name) or {}).items()}


def earned_of(result: Mapping[str, Any]) -> dict[str, Decimal]:
    return amounts_of(result, "earned")


def explanation_of(result: Mapping[str, Any]) -> tuple[Why, ...]:
    """The reasons of all wallets, in order of calculation."""
    return tuple(
        Why(entry["rule"], wallet, Decimal(str(entry["points"])), entry.get("why", ""))
        for wallet, entries in (result.get("explanation") or {}).items()
        for entry in entries
    )


def new_vouchers(state: Shown, result: Mapping[str, Any]) -> tuple[VoucherView, ...]:
    """The vouchers that a step gave, as the member has them in hand now."""
    fresh = {row["id"] for row in result.get("vouchers") or ()}
    return tuple(voucher for voucher in state.view.vouchers if voucher.id in fresh)


def sentence_of(state: Shown, result: Mapping[str, Any], tier_before: str | None) -> str:
    """The result in one sentence for the person at the counter."""
    earned = earned_of(result).get(state.wallet, Decimal(0))
    total = money_text(Decimal(str(result.get("total", 0))), state.programme.currency)
    tier = state.view.tier.name if state.view.tier else None
    risen = f" {tier} reached." if tier and tier != tier_before else ""
    decimals = state.view.wallets[state.wallet].decimals
    redeemed = Decimal(str(result.get("redeemed", 0)))
    spent = f"{redeemed:,.{decimals}f} {state.unit} redeemed, " if redeemed else ""
    return f"{total}: {spent}{earned:,.{decimals}f} {state.unit} earned, balance {state.balance}.{risen}"

