"""What was held is spent, because the reward is handed out, or given back, because it is not.

A counter that hands a reward out tells it afterwards, perhaps hours later: that is recorded, never refused. When the
hold has timed out meanwhile, the points are taken again; when they are not there any more, staff are told.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes, staff_work
from loyalty.checkout.places import note_place, place_of
from loyalty.checkout.sale import face_data, shown
from loyalty.contract.commands import CaptureHold, ReleaseHold
from loyalty.contract.outcomes import HoldOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import LoyaltyError, NotFound
from loyalty.points.facts import Hold
from loyalty.points.holders import BEARER
from loyalty.points.sql_engine import Ledger


def capture_hold(session: Session, command: CaptureHold, now: datetime) -> HoldOutcome:
    """The outcome, kept under the command's id. NotFound for a hold that never was."""
    return _settle(session, command, now)


def release_hold(session: Session, command: ReleaseHold, now: datetime) -> HoldOutcome:
    """The outcome, kept under the command's id; releasing what is not held any more does nothing (`none`)."""
    return _settle(session, command, now)


def _settle(session: Session, command: CaptureHold | ReleaseHold, now: datetime) -> HoldOutcome:
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(HoldOutcome, kept.answer)
    ledger = Ledger(session)
    hold = ledger.facts.hold(command.hold)
    if isinstance(command, CaptureHold):
        status = _capture(ledger, command, hold, now)
        note_place(cursor, command.id, place_of(cursor, command.hold, command.counter), command.counter, now)
    else:
        status = release(ledger, command.id, command.hold, now)
    outcome = _outcome(ledger, command, hold, status, now)
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome


def release(ledger: Ledger, id: str, hold: str, now: datetime) -> str:
    """Gives an open hold back under the booking `id`: `released`, or `none` when nothing is held (any more)."""
    found = ledger.facts.hold(hold)
    if found is None or found.status != "open":
        return "none"
    try:
        ledger.perform("release", {"id": id, "hold": hold}, now)
    except LoyaltyError as error:
        if error.code != "expired":
            raise
        return "none"
    return "released"


def _capture(ledger: Ledger, command: CaptureHold, hold: Hold | None, now: datetime) -> str:
    if hold is not None:
        try:
            ledger.perform("capture", {"id": command.id, "hold": hold.id}, now)
            return "captured"
        except LoyaltyError:
            if hold.status == "captured":
                return "none"
    # It timed out, was never granted, or was released by somebody else: the customer has the reward all the same.
    member, reward = (hold.member, hold.reward) if hold else (command.member, command.reward)
    pieces = hold.pieces if hold else command.quantity or 1
    if member is None:
        raise NotFound(f"There is no hold {command.hold[:60]!r}; look at the member's ledger.")
    if reward is not None:
        again = {"id": command.id, "member": member, "reward": reward, "quantity": pieces}
        try:
            ledger.perform("redeem", again, now)
            return "redeemed"
        except LoyaltyError:
            pass
    sentence = f"{reward or 'A reward'} was handed out, but its points were not there any more."
    trouble = staff_work.Trouble(
        "over_redemption", sentence, command.occurred_at, command.id, command.counter, member,
        body={"reward": reward, "hold": command.hold},
    )  # fmt: skip
    staff_work.note(ledger.facts.cursor, trouble, now)
    return "owed"


def _outcome(
    ledger: Ledger, command: CaptureHold | ReleaseHold, hold: Hold | None, status: str, now: datetime
) -> HoldOutcome:
    member = hold.member if hold else getattr(command, "member", None)
    if member is None or member.startswith(BEARER):
        return HoldOutcome(command.id, command.hold, status, "", "", Decimal(0), None, "Nothing was held.")
    state = shown(ledger.facts, member, now)
    name = (hold.reward if hold else getattr(command, "reward", None)) or ""
    reward = state.programme.rewards.get(name)
    wallet = hold.wallet if hold and hold.wallet else reward.wallet if reward else state.wallet
    decimals = state.view.wallets[wallet].decimals if wallet in state.view.wallets else 0
    points = Decimal(hold.amount if hold else reward.cost or 0 if reward else 0).scaleb(-decimals)
    word = {"captured": "redeemed", "redeemed": "redeemed", "released": "given back"}.get(status)
    return HoldOutcome(
        id=command.id,
        hold=command.hold,
        status=status,
        reward=name,
        wallet=wallet,
        points=points,
        member=state.view,
        sentence=f"{points:,.{decimals}f} {state.unit} {word}, {state.balance} left."
        if word else "Nothing was held any more.",
        face=face_data(state, command.occurred_at) if status in ("captured", "redeemed") else None,
    )  # fmt: skip
