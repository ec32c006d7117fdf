"""What the counter's screens and tills of other makes are told: JSON of the counter's values, nothing else."""

from typing import Any

from loyalty import errors
from loyalty.clock import rfc3339
from loyalty.contract.claim import KIND as CLAIM
from loyalty.contract.commands import GivePieces, MovePurchase, RecordPurchase, TopUp, UsePass
from loyalty.contract.gift_cards import GiftOutcome, PayGift, SellGift
from loyalty.contract.outcomes import MemberView, Outcome, PurchaseOutcome, TopUpOutcome
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.counter.device_thread import DeviceState
from loyalty.counter.issuing import Issuing
from loyalty.counter.kiosk import Kiosk
from loyalty.counter.online import LinkState
from loyalty.counter.outbox import Entry
from loyalty.counter.print_job import PrintJob
from loyalty.counter.redemptions import SOLD, Redemption, Redemptions
from loyalty.counter.server_time import ServerTime
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.staff import StaffMember
from loyalty.counter.till import Present, Till

View = dict[str, Any]
_LINK_ADVICE = {
    "starting": "The server is being looked for.",
    "server_down": "The server cannot be reached; sales are kept here and credited as soon as it can.",
    "key_refused": "The server refuses this counter's key; sales are kept here, put a valid key into the settings.",
    "disk": "This counter's own disk cannot be written; nothing can be sold until that is mended.",
}
_CLOCK_ADVICE = "This machine's clock is wrong; sales carry the server's time. Set the clock."
_USUAL_ADVICE = {
    kind.code: kind.advice for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.DeviceError)
}  # fmt: skip
"""By code, what the screens have words of their own for."""
_NOT_FOR_THE_KIOSK = ("id", "number", "name", "cards", "vouchers")
_NOT_FOR_THE_TILL = ("cards",)


def till_view(till: Till, currency: str) -> View:
    """member, sale and what the cashier is told and asked."""
    return {
        "member": _member(till.present),
        "credential": _credential(till.present),
        "identifying": till.asking is not None,
        "sale": _sale(till, currency),
        "chosen": [chosen_view(row) for row in till.chosen],
        "extras": to_json(till.extras),
        "served": till.served,
        "unclaimed": _shown_end(till.unclaimed),
        "question": {"member": _member(till.question.other), "credential": _credential(till.question.other)}
        if till.question else None,
        "notice": {"code": till.notice.code, "detail": till.notice.detail} if till.notice else None,
    }  # fmt: skip


def _member(present: Present | None) -> View | None:
    if present is None or present.member is None:
        return None
    view: View = to_json(present.member)
    return {**{key: value for key, value in view.items() if key not in _NOT_FOR_THE_TILL}, "fresh": present.fresh}


def _credential(present: Present | None) -> View | None:
    """The card as read, with its end only: enough to tell two cards apart."""
    return _shown_end(present.token) if present else None


def _shown_end(token: Token | None) -> View | None:
    return {"kind": token.kind, "ends": token.value[-4:]} if token else None


def _sale(till: Till, currency: str) -> View | None:
    if not till.sale_open:
        return None
    amount = None if till.amount is None else str(till.amount)
    return {"amount": amount, "currency": currency, "quote": till.quote, "committing": till.committing}


def chosen_view(row: Redemption) -> View:
    """A reward of the open sale."""
    return {
        "id": row.id, "reward": row.offer.name, "worth": row.offer.worth, "kind": row.offer.kind,
        "wallet": row.offer.wallet, "points": str(row.points), "quantity": row.quantity, "state": row.state,
        "handed": row.handed, "offline": row.offline,
    }  # fmt: skip


def kiosk_view(kiosk: Kiosk) -> View:
    """Nothing personal but the masked name."""
    member: View | None = None
    if kiosk.member:
        view: View = to_json(kiosk.member)
        member = {key: value for key, value in view.items() if key not in _NOT_FOR_THE_KIOSK}
        member["fresh"] = kiosk.fresh
    return {"busy": bool(kiosk.token and not member and not kiosk.trouble), "member": member, "trouble": kiosk.trouble}


def staff_view(staff: StaffMember | None) -> View | None:
    return {"id": staff.id, "name": staff.name, "supervisor": staff.supervisor} if staff else None


def device_view(state: DeviceState) -> View:
    """`own_advice`: what its driver or profile knows better than the words for the cause, else empty."""
    own = state.advice != _USUAL_ADVICE.get(state.cause, state.advice)
    return {
        "id": state.id, "role": state.role, "profile": state.profile, "state": state.health.value,
        "cause": state.cause, "advice": state.advice, "since": rfc3339(state.since), "simulated": state.simulated,
        "own_advice": state.advice if own else "",
    }  # fmt: skip


def link_view(state: LinkState) -> View:
    """`advice` is one sentence, empty while the server is there."""
    advice = _LINK_ADVICE.get(state.code, _LINK_ADVICE["server_down"]) if state.code else ""
    return {"online": state.online, "cause": state.code, "pending": state.pending, "advice": advice}


def making_view(issuing: Issuing) -> View | None:
    """How far the job of this counter is and what the card in hand waits for; None without a job."""
    progress, hand = issuing.progress, issuing.hand
    if progress is None:
        return None
    card = {"member": hand.member.masked_name, "step": hand.step, "begun": bool(hand.done)} if hand else None
    halves = dict(zip(("face", "stripe"), issuing.halves, strict=True)) if issuing.halves else None
    trouble = issuing.trouble
    return {
        **vars(progress), "card": card, "trouble": trouble.sentence, "cause": trouble.cause, "advice": trouble.advice,
        "halves": halves,
    }  # fmt: skip


def clock_view(time: ServerTime) -> View:
    """`off_s`: what this machine's clock lacks, 0 while it is right. `heard_at`: when the server was heard last."""
    off_s = round(time.off_by.total_seconds())
    return {
        "off_s": off_s, "wrong": bool(off_s), "advice": _CLOCK_ADVICE if off_s else "",
        "heard_at": rfc3339(time.heard_at) if time.heard_at else None,
    }  # fmt: skip


def job_view(job: PrintJob, snapshots: Snapshots, redemptions: Redemptions) -> View:
    """`reward` is set for the slip of a reward whose hold waits for it."""
    member = snapshots.member(job.member) if job.member else None
    row = redemptions.find(job.purchase) if job.kind == "receipt" and job.purchase else None
    return {
        "reward": chosen_view(row) if row is not None and row.state == SOLD else None,
        "id": job.id, "kind": job.kind, "state": job.state, "attempts": job.attempts, "purchase": job.purchase,
        "member": member.masked_name if member else None, "member_id": job.member,
        "now": job.armed_at is not None or job.kind == "receipt",
        "made_at": rfc3339(job.made_at), "trouble": job.trouble, "detail": job.detail,
    }  # fmt: skip


def outcome_view(entry: Entry, outcome: Outcome | None) -> View:
    """An outcome as the server gave it, under the till's id for the sale; `pending` while there is none."""
    head: View = {"id": short_id(entry), "command": entry.command.type, "at": rfc3339(entry.made_at)}
    if outcome is None:
        return {**head, "status": "pending", "code": "will_be_credited", "total": total_of(entry)}
    body: View = to_json(outcome)
    if member := body.get("member"):
        body["member"] = {key: value for key, value in member.items() if key not in _NOT_FOR_THE_TILL}
    return {**body, **head}


def total_of(entry: Entry) -> str | None:
    """What the sale or top-up came to as it was stored; None for an undoing."""
    if isinstance(entry.command, TopUp):
        return str(entry.command.pay)
    if isinstance(entry.command, SellGift | PayGift):
        return str(entry.command.pay if isinstance(entry.command, SellGift) else entry.command.amount)
    if isinstance(entry.command, UsePass | GivePieces):
        return "0"
    command = sale_of(entry)
    if command is None:
        return None
    return str(command.amount if command.amount is not None else sum(line.amount for line in command.lines))


def sale_of(entry: Entry) -> RecordPurchase | None:
    """The sale that an entry books: its own, or the one it moved to another member; None for all other commands."""
    command = entry.command
    if isinstance(command, MovePurchase):
        return command.sale
    return command if isinstance(command, RecordPurchase) else None


def short_id(entry: Entry) -> str:
    """The id the till gave; the command's id has the counter's name before it."""
    return entry.id.partition(":")[2]


def sale_row(
    entry: Entry, undo: Entry | None, moved: Entry | None, undoable: bool, snapshots: Snapshots,
    receipt: PrintJob | None,
) -> View:  # fmt: skip
    """One line of the last sales."""
    command, outcome = sale_of(entry), entry.outcome
    assert command is not None  # the caller picks sales
    booked = outcome if isinstance(outcome, PurchaseOutcome) else None
    member: MemberView | None = booked.member if booked else None
    if member is None and command.member:
        member = snapshots.member(command.member)
    return {
        "id": short_id(entry), "at": rfc3339(entry.made_at), "total": str(booked.total) if booked else total_of(entry),
        "member": member.masked_name if member else None,
        "without_card": command.token is not None and command.token.kind == CLAIM,
        "state": _sale_state(entry, undo, moved), "undoable": undoable,
        "earned": {wallet: str(amount) for wallet, amount in booked.earned.items()} if booked else {},
        "redeemed": str(booked.redeemed) if booked else "0",
        "lines": [{"sku": line.sku, "quantity": str(line.quantity)} for line in command.lines],
        "receipt": receipt.id if receipt else None,
    }  # fmt: skip


def topup_row(entry: Entry, undo: Entry | None, undoable: bool, snapshots: Snapshots) -> View:
    """The same for what is no sale: stored value, visits, stamps, gift cards. `pieces` where no money moved."""
    command, outcome = entry.command, entry.outcome
    undone = undo is not None and undo.state != "refused"
    state = ("undoing" if undo and undo.open else "undone") if undone else "pending" if entry.open else entry.state
    kind = {"use_pass": "visit", "give_pieces": "stamp", "sell_gift": "gift", "pay_gift": "gift_paid"}
    name, pieces, who = "", None, None
    if isinstance(command, SellGift | PayGift):
        who = outcome.gift if isinstance(outcome, GiftOutcome) else "…"
    elif isinstance(command, TopUp | UsePass | GivePieces):
        member = outcome.member if isinstance(outcome, TopUpOutcome) else snapshots.member(command.member)
        name, who = getattr(command, "topup", command.wallet) or "", member.masked_name if member else None
        pieces = {"use_pass": -1, "give_pieces": 1}.get(command.type, 0) * getattr(command, "count", 0) or None
    return {
        "id": short_id(entry), "at": rfc3339(entry.made_at), "total": total_of(entry), "topup": name, "pieces": pieces,
        "member": who, "without_card": False,
        "state": kind.get(command.type, "topup") if state == "answered" else state, "undoable": undoable,
        "earned": {}, "redeemed": "0", "lines": [], "receipt": None,
    }  # fmt: skip


def _sale_state(entry: Entry, undo: Entry | None, moved: Entry | None) -> str:
    if undo is not None and undo.state != "refused":
        return "undoing" if undo.open else "undone"
    if moved is not None and moved.state != "refused":
        return "moved"
    if entry.open:
        return "pending"
    if isinstance(entry.outcome, PurchaseOutcome):
        return entry.outcome.status
    return "refused"
