"""What a command is about: two that share something must reach the server in their order, others need not."""

from loyalty.contract.commands import (
    CancelPurchase,
    CaptureHold,
    Command,
    GivePieces,
    HoldReward,
    MovePurchase,
    RecordPurchase,
    ReleaseHold,
    ReportUnreadable,
    ReturnPurchase,
    TopUp,
    UndoPieces,
    UndoTopUp,
    UsePass,
)
from loyalty.contract.gift_cards import HoldGift, PayGift, ReplaceGift, SellGift, UndoGift
from loyalty.contract.token import Token


def concerns(command: Command) -> frozenset[str]:
    """Names of the command itself, and of the member, credential, sale and holds that it speaks of."""
    return frozenset({f"id:{command.id}", *_named(command)})


def of_token(token: Token) -> str:
    """The name of a credential among what commands are about."""
    return f"{token.kind}:{token.value}"


def of_member(id: str) -> str:
    """The name of a member among them."""
    return f"member:{id}"


def _named(command: Command) -> set[str]:
    match command:
        case RecordPurchase():
            return _of_sale(command)
        case MovePurchase():
            return {f"id:{command.purchase}", *_of_sale(command.sale)}
        case ReturnPurchase():
            return {f"id:{command.purchase}"}
        case CancelPurchase():
            return {f"id:{id}" for id in (command.purchase, *command.captures)}
        case HoldReward():
            return {of_member(command.member)}
        case CaptureHold():
            return {f"id:{command.hold}", *([of_member(command.member)] if command.member else [])}
        case ReleaseHold():
            return {f"id:{command.hold}"}
        case TopUp() | UsePass() | GivePieces():
            return {of_member(command.member)}
        case UndoTopUp():
            return {f"id:{command.topup}"}
        case UndoPieces():
            return {f"id:{command.of}"}
        case SellGift() | HoldGift() | ReplaceGift():
            return {f"gift:{command.token}"}
        case PayGift():
            return {f"id:{command.hold}"}
        case UndoGift():
            return {f"id:{command.of}"}
        case ReportUnreadable():
            return set()


def _of_sale(sale: RecordPurchase) -> set[str]:
    found = {f"id:{each.hold}" for each in sale.redeem if each.hold} | {f"id:{each.hold}" for each in sale.gifts}
    if sale.member:
        found.add(of_member(sale.member))
    if sale.token:
        found.add(of_token(sale.token))
    return found
