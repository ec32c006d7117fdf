"""Stored value bought at a counter, and the same undone before anything of it is used."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.member_view import person_of, programme_of
from loyalty.checkout.move_pieces import pieces_offered
from loyalty.checkout.sale import Shown, amounts_of, face_data, shown
from loyalty.checkout.words import money_text
from loyalty.contract.commands import TopUp, UndoTopUp
from loyalty.contract.outcomes import FaceData, ReceiptData, ReceiptLine, TopUpOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.identification import going_on
from loyalty.points.programme import Programme
from loyalty.points.sql_engine import Ledger
from loyalty.points.steps.topup import bought

_TITLE = {"en": "Top-up", "zh-Hant": "儲值", "zh-Hans": "储值"}
_NOW = {"en": "{}: {} now", "zh-Hant": "{}：現有 {}", "zh-Hans": "{}：现有 {}"}


def top_up(session: Session, command: TopUp, now: datetime) -> TopUpOutcome:
    """The outcome, kept under the command's id. Conflict when the programme sells this top-up at another price."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(TopUpOutcome, kept.answer)
    ledger, member = Ledger(session), going_on(cursor, command.member)
    person_of(ledger.facts, member)
    programme = programme_of(ledger.facts, now).programme
    wanted, wallet = _wanted(programme, command)
    body = {"id": command.id, "member": member, **wanted}
    done = ledger.perform("topup", body, now, min(command.occurred_at, now))
    state = shown(ledger.facts, member, now)
    credited = amounts_of(done.result, "credited")
    paid = money_text(command.pay, programme.currency)
    outcome = TopUpOutcome(
        id=command.id, topup=command.id, status="booked", name=command.topup or "", wallet=wallet, paid=command.pay,
        credited=credited, member=state.view, face=_face(state, credited, command.occurred_at),
        receipt=_receipt(state, command, wallet, credited),
        sentence=f"{paid} paid, {wallet} {_amount(state, wallet)} now.",
    )  # fmt: skip
    _keep(cursor, command, digest, outcome, now)
    return outcome


def undo_top_up(session: Session, command: UndoTopUp, now: datetime) -> TopUpOutcome:
    """The outcome, kept under the command's id. Invalid when part of it was used, NotFound when it never was."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(TopUpOutcome, kept.answer)
    ledger = Ledger(session)
    row = ledger.facts.topup(command.topup)
    if row is None:
        raise NotFound(f"There is no top-up {command.topup[:60]!r}; look at the member's ledger.")
    body = {"id": command.id, "member": row.member, "of": row.id}
    done = ledger.perform("refund_topup", body, now, min(command.occurred_at, now))
    state = shown(ledger.facts, row.member, now)
    taken = {wallet: -amount for wallet, amount in amounts_of(done.result, "removed").items()}
    refund = Decimal(str(done.result.get("refund", 0)))
    outcome = TopUpOutcome(
        id=command.id, topup=row.id, status="undone", name="", wallet=row.wallet, paid=refund, credited=taken,
        member=state.view, face=_face(state, taken, command.occurred_at),
        sentence=f"{money_text(refund, state.programme.currency)} back, {row.wallet} {_amount(state, row.wallet)} now.",
    )  # fmt: skip
    _keep(cursor, command, digest, outcome, now)
    return outcome


def topups_offered(programme: Programme) -> dict[str, Any]:
    """What a counter can sell: `topups` of the programme, and the `wallets` that take any amount of money."""
    return {
        "topups": [
            {
                "name": each.name, "wallet": each.wallet, "pay": _units(each.pay, programme.digits),
                "gives": _units(bought(programme, each) + (each.bonus.amount if each.bonus else 0),
                                programme.wallets[each.wallet].decimals),
                "gifts": {name: _units(amount, programme.wallets[name].decimals) for name, amount in each.gifts},
            }
            for each in programme.topups.values()
        ],
        "wallets": [each.name for each in programme.wallets.values() if each.kind == "money" and not each.bearer],
        "gifts": any(wallet.bearer for wallet in programme.wallets.values()),
        **pieces_offered(programme),
    }  # fmt: skip


def _wanted(programme: Programme, command: TopUp) -> tuple[Mapping[str, Any], str]:
    """The engine's body, and the wallet that it fills."""
    if command.topup is None:
        wallet = programme.wallets.get(command.wallet or "")
        if wallet is None or wallet.kind != "money" or wallet.bearer or command.pay <= 0:
            raise Invalid("Money goes into a wallet of money; look at what can be topped up.", pointer="/wallet")
        return {"wallet": wallet.name, "pay": command.pay}, wallet.name
    offer = programme.topups.get(command.topup)
    if offer is None:
        raise Invalid(f"There is no top-up {command.topup[:60]!r} any more; choose another one.", pointer="/topup")
    price = Decimal(offer.pay).scaleb(-programme.digits)
    if price != command.pay:
        raise Conflict(
            f"{offer.name} costs {money_text(price, programme.currency)} now, not "
            f"{money_text(command.pay, programme.currency)}; choose it again."
        )
    return {"topup": offer.name}, offer.wallet


def _units(amount: int, decimals: int) -> str:
    return f"{Decimal(amount).scaleb(-decimals):f}"


def _amount(state: Shown, wallet: str) -> str:
    there = state.view.wallets[wallet]
    if there.kind == "money":
        return money_text(there.available, state.programme.currency)
    return f"{there.available:,.{there.decimals}f}"


def _face(state: Shown, moved: Mapping[str, Decimal], at: datetime) -> FaceData | None:
    """A new face only where what stands on it has changed: erasing wears the card."""
    return face_data(state, min(at, state.now)) if moved.get(state.wallet) else None


def _receipt(state: Shown, command: TopUp, wallet: str, credited: Mapping[str, Decimal]) -> ReceiptData:
    view, digits = state.view, state.programme.digits
    decimals = {name: there.decimals for name, there in view.wallets.items()}
    lines = tuple(ReceiptLine(name, f"+{amount:,.{decimals[name]}f}") for name, amount in credited.items())
    return ReceiptData(
        shop=state.programme.name, title=_TITLE[view.language], printed_at=state.now, purchase="",
        masked_name=view.masked_name, number=view.number, currency=state.programme.currency,
        total=f"{command.pay:,.{digits}f}", earned="", balance="", unit="", tier="", language=view.language,
        lines=lines, notes=(_NOW[view.language].format(wallet, _amount(state, wallet)),),
    )  # fmt: skip


def _keep(cursor: Cursor, command: TopUp | UndoTopUp, digest: str, outcome: TopUpOutcome, now: datetime) -> None:
    kept = outcomes.Kept(200, to_json(outcome))
    outcomes.keep(cursor, command.id, command.type, digest, kept, now, command.counter, command.seq)
