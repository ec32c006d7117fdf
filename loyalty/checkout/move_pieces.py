"""Visits of a pass are used, stamps given by hand, and the same undone: at a counter, without a sale."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes
from loyalty.checkout.member_view import person_of, programme_of
from loyalty.checkout.sale import Shown, amounts_of, face_data, shown
from loyalty.checkout.words import points_word
from loyalty.contract.commands import GivePieces, UndoPieces, UsePass
from loyalty.contract.outcomes import ReceiptData, ReceiptLine, TopUpOutcome
from loyalty.contract.stored_value import MOST, REASONS
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid, NotFound
from loyalty.members.identification import going_on
from loyalty.points.programme import Programme
from loyalty.points.sql_engine import Ledger

VISIT = "visit"
"""The reason that stands in the ledger for a visit on a pass."""
_TITLE = {"en": "Visit", "zh-Hant": "使用次數", "zh-Hans": "使用次数"}
_LEFT = {"en": "{}: {} left", "zh-Hant": "{}：尚餘 {}", "zh-Hans": "{}：剩余 {}"}
_UNTIL = {"en": "{} until {}", "zh-Hant": "{} 有效至 {}", "zh-Hans": "{} 有效至 {}"}


def move_pieces(session: Session, command: UsePass | GivePieces, now: datetime) -> TopUpOutcome:
    """The outcome, kept under the command's id. InsufficientPoints where the pass has no visit left."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(TopUpOutcome, kept.answer)
    ledger, member = Ledger(session), going_on(cursor, command.member)
    person_of(ledger.facts, member)
    _check(programme_of(ledger.facts, now).programme, command)
    verb, reason = ("debit", VISIT) if isinstance(command, UsePass) else ("credit", command.reason)
    body = {"id": command.id, "member": member, "wallet": command.wallet, "points": command.count, "reason": reason}
    done = ledger.perform(verb, body, now, min(command.occurred_at, now))
    used = amounts_of(done.result, "spent") if isinstance(command, UsePass) else {}
    moved = {name: -amount for name, amount in used.items()} or amounts_of(done.result, "credited")
    state = shown(ledger.facts, member, now)
    said = _Said(command.id, command.id, "used" if used else "given", command.wallet, moved)
    receipt = _receipt(state, command.wallet, moved) if used else None
    return _kept(cursor, command, digest, said, state, receipt)


def undo_pieces(session: Session, command: UndoPieces, now: datetime) -> TopUpOutcome:
    """The outcome, kept under the command's id; undone twice it gives nothing. NotFound when it never was."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(TopUpOutcome, kept.answer)
    ledger = Ledger(session)
    booking = ledger.facts.booking(command.of)
    if booking is None or booking.member is None or booking.verb not in ("debit", "credit"):
        raise NotFound(f"There is no visit or stamp {command.of[:60]!r} to undo; look at the member's ledger.")
    done = ledger.perform("reverse", {"id": command.id, "member": booking.member, "of": command.of}, now).result
    state = shown(ledger.facts, booking.member, now)
    taken = {name: -amount for name, amount in amounts_of(done, "reversed").items()}
    back = amounts_of(done, "given_back") or taken
    wallet = next(iter(back), state.wallet)
    return _kept(cursor, command, digest, _Said(command.id, command.of, "undone", wallet, back), state, None)


def pieces_offered(programme: Programme) -> dict[str, list[str]]:
    """Wallets that count: `passes` are sold as top-ups, `stamps` are those that are not."""
    sold = {each.wallet for each in programme.topups.values()}
    counts = [wallet.name for wallet in programme.wallets.values() if wallet.kind == "count"]
    return {"passes": [name for name in counts if name in sold], "stamps": [n for n in counts if n not in sold]}


@dataclass(frozen=True)
class _Said:
    id: str
    of: str
    status: str
    wallet: str
    moved: Mapping[str, Decimal]


def _check(programme: Programme, command: UsePass | GivePieces) -> None:
    offered = pieces_offered(programme)["passes" if isinstance(command, UsePass) else "stamps"]
    if command.wallet not in offered:
        what = "pass that is sold" if isinstance(command, UsePass) else "wallet of stamps"
        raise Invalid(f"{command.wallet[:60]!r} is no {what} in this programme; choose another one.", pointer="/wallet")
    if not 1 <= command.count <= MOST:
        raise Invalid(f"From 1 to {MOST} at once.", pointer="/count")
    if isinstance(command, GivePieces) and command.reason not in REASONS:
        raise Invalid(f"The reason is one of {', '.join(REASONS)}.", pointer="/reason")


def _left(state: Shown, wallet: str) -> str:
    return f"{state.view.wallets[wallet].available:,f}"


def _receipt(state: Shown, wallet: str, moved: Mapping[str, Decimal]) -> ReceiptData:
    view = state.view
    notes = [_LEFT[view.language].format(wallet, _left(state, wallet))]
    for row in view.wallets[wallet].expiring[:1]:
        unit = points_word(wallet, "count", view.language)
        notes.append(_UNTIL[view.language].format(f"{row.amount:f} {unit}", row.on.isoformat()))
    return ReceiptData(
        shop=state.programme.name, title=_TITLE[view.language], printed_at=state.now, purchase="",
        masked_name=view.masked_name, number=view.number, currency="", total="", earned="", balance="", unit="",
        tier="", language=view.language, notes=tuple(notes),
        lines=tuple(ReceiptLine(name, f"{amount:+,f}".replace("-", "−")) for name, amount in moved.items()),
    )  # fmt: skip


def _kept(
    cursor: Cursor, command: UsePass | GivePieces | UndoPieces, digest: str, said: _Said, state: Shown,
    receipt: ReceiptData | None,
) -> TopUpOutcome:  # fmt: skip
    face = face_data(state, min(command.occurred_at, state.now)) if said.moved.get(state.wallet) else None
    outcome = TopUpOutcome(
        id=said.id, topup=said.of, status=said.status, name="", wallet=said.wallet, paid=Decimal(0),
        credited=dict(said.moved), member=state.view, face=face, receipt=receipt,
        sentence=f"{said.wallet}: {said.moved.get(said.wallet, 0):+,f}, {_left(state, said.wallet)} left.",
    )  # fmt: skip
    kept = outcomes.Kept(200, to_json(outcome))
    outcomes.keep(cursor, command.id, command.type, digest, kept, state.now, command.counter, command.seq)
    return outcome
