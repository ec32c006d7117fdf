"""The till's mind: who is at the counter, what is being sold, what the cashier is asked. Values in, values out.

Nothing here waits, sends or prints. Every function takes the state as it is and gives the state as it is then;
`desk` does what follows from it. Times are aware moments, passed in.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.counter.redemptions import Redemption
from loyalty.errors import UnknownMember

CARDS = ("card_uid", "barcode", "magstripe")
"""Kinds of credentials that can be handed out at the till."""
SAME_AGAIN = timedelta(seconds=1.5)
"""A card held to a reader or a code swept twice is one reading."""
NOTICE_STAYS = timedelta(seconds=8)


@dataclass(frozen=True)
class Present:
    """Who stands at the counter. `member` is None for a card that this counter cannot look up while offline."""

    token: Token | None
    member: MemberView | None
    fresh: bool
    """The server itself said so just now; otherwise the view is as old as its `as_of`."""


@dataclass(frozen=True)
class Question:
    """Another card came while a sale is open: whose sale is it? The cashier decides, never the till."""

    other: Present


@dataclass(frozen=True)
class Notice:
    """One sentence for the cashier. `code` picks the words, `detail` fills in what the server said."""

    code: str
    detail: str
    until: datetime


@dataclass(frozen=True)
class Extras:
    """What else goes with the open sale: vouchers of the member by id, wallets that pay what they can, coupon codes,
    money that the cashier takes off.
    """

    vouchers: tuple[str, ...] = ()
    pay: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    discount: Decimal | None = None


NO_EXTRAS = Extras()


@dataclass(frozen=True)
class Till:
    present: Present | None = None
    asking: Token | None = None
    """Being looked up."""
    amount: Decimal | None = None
    """Typed, not booked: from here on a sale is open."""
    quote: dict[str, object] | None = None
    committing: str | None = None
    """Id of the sale that is on its way."""
    served: str | None = None
    """Id of the sale just booked for the member still shown."""
    question: Question | None = None
    notice: Notice | None = None
    last: tuple[Token, datetime] | None = None
    leave_at: datetime | None = None
    chosen: tuple[Redemption, ...] = ()
    """Rewards of this sale, held for the member who is here; what is not here any more is given back."""
    extras: Extras = NO_EXTRAS
    unclaimed: Token | None = None
    """A card that was read and belongs to nobody: it can be given to whoever stands here."""

    @property
    def sale_open(self) -> bool:
        return self.amount is not None or self.committing is not None or bool(self.chosen)


def see(till: Till, token: Token, now: datetime) -> tuple[Till, bool]:
    """A credential was read. True when it has to be looked up; the same one within 1.5 s is not news."""
    if till.last and _same(till.last[0], token) and now - till.last[1] < SAME_AGAIN:
        return till, False
    return replace(till, last=(token, now), asking=token), True


def found(till: Till, token: Token, member: MemberView, fresh: bool, final: bool = True) -> Till:
    """The credential belongs to `member`; not `final` while the server is still being asked.

    During a sale of another member this is a question, not a switch. Answers to older readings are passed over.
    """
    if not till.asking or not _same(till.asking, token):
        return till
    return _arrive(till, Present(token, member, fresh), None if final else token)


def found_offline(till: Till, token: Token) -> Till:
    """Nobody can say whose credential it is now; the sale can still be stored for whoever owns it."""
    if not till.asking or not _same(till.asking, token):
        return till
    return _arrive(till, Present(token, None, fresh=False), None)


def chosen(till: Till, member: MemberView, fresh: bool) -> Till:
    """The cashier picked a member from a search."""
    return _arrive(till, Present(None, member, fresh), None)


def _arrive(till: Till, newcomer: Present, asking: Token | None) -> Till:
    till = replace(till, asking=asking, unclaimed=till.unclaimed if newcomer.token is None else None)
    if till.present and _same_person(till.present, newcomer):
        return replace(till, present=_better(till.present, newcomer), question=None, leave_at=None)
    if till.sale_open and till.present:
        return replace(till, question=Question(newcomer))
    return _next(replace(till, notice=None, leave_at=None), newcomer)


def _next(till: Till, newcomer: Present) -> Till:
    """Somebody else stands here: what was chosen for the one before is not theirs."""
    return replace(
        till, present=newcomer, question=None, served=None, quote=None, chosen=(), extras=NO_EXTRAS
    )  # fmt: skip


def not_found(till: Till, token: Token, code: str, detail: str, now: datetime) -> Till:
    """Unknown or blocked: a sentence. A snapshot of this very credential that was already shown goes away again."""
    if not till.asking or not _same(till.asking, token):
        return till
    unclaimed = token if code == UnknownMember.code and token.kind in CARDS else till.unclaimed
    till = replace(till, asking=None, notice=Notice(code, detail, now + NOTICE_STAYS), unclaimed=unclaimed)
    if till.question and till.question.other.token and _same(till.question.other.token, token):
        till = replace(till, question=None)
    if till.present and till.present.token and _same(till.present.token, token) and not till.committing:
        return replace(till, present=None, quote=None, served=None, chosen=(), extras=NO_EXTRAS)
    return till


def claimed(till: Till, member: MemberView) -> Till:
    """The card that belonged to nobody is this member's now, who stands here."""
    there = till.present and till.present.member and till.present.member.id == member.id
    till = replace(till, unclaimed=None, notice=None)
    return refreshed(till, member) if there else _arrive(till, Present(None, member, fresh=True), None)


def put_aside(till: Till) -> Till:
    """The card that belongs to nobody is not to be given to anybody."""
    return replace(till, unclaimed=None)


def decide(till: Till, switch: bool) -> Till:
    """The cashier's answer to the question. Switching keeps the amount: it was typed for whoever pays."""
    if till.question is None or till.committing or not switch:
        late = till.question and till.question.other.token == till.asking  # whose answer would ask a second time
        return replace(till, question=None, asking=None if late else till.asking)
    return _next(till, till.question.other)


def typed(till: Till, amount: Decimal | None) -> Till:
    """The amount as it stands in the field now; None when it is empty."""
    if amount == till.amount:
        return replace(till, leave_at=None)
    extras = replace(till.extras, discount=None)  # it was allowed for what stood there before
    return replace(till, amount=amount, quote=None, extras=extras, leave_at=None)


def quoted(till: Till, asked: Till, quote: dict[str, object]) -> Till:
    """The answer for the sale as it was `asked` about; an older one is passed over."""
    same = (till.amount, till.chosen, till.extras) == (asked.amount, asked.chosen, asked.extras)
    return replace(till, quote=quote) if same and not till.committing else till


def said(till: Till, code: str, detail: str, now: datetime) -> Till:
    """A sentence for the cashier."""
    return replace(till, notice=Notice(code, detail, now + NOTICE_STAYS))


def commit(till: Till, id: str) -> Till:
    return replace(till, committing=id, notice=None)


def settled(
    till: Till, id: str, member: MemberView | None, stays: timedelta, now: datetime, fresh: bool = True
) -> Till:
    """The sale is booked, or safely stored. The member stays on the screen for a while, with the new balance."""
    if till.committing != id:
        return refreshed(till, member) if member and fresh else till
    till = replace(
        till, committing=None, amount=None, quote=None, served=id, leave_at=now + stays, chosen=(), extras=NO_EXTRAS
    )
    if till.question:
        # The sale is over; the card that came meanwhile is next.
        return replace(_next(till, till.question.other), leave_at=None)
    return refreshed(till, member) if member and fresh else till


def failed(till: Till, id: str, code: str, detail: str, now: datetime) -> Till:
    """The sale was refused: nothing is booked, the amount stays for the cashier to decide."""
    if till.committing != id:
        return till
    return replace(till, committing=None, notice=Notice(code, detail, now + NOTICE_STAYS))


def refreshed(till: Till, member: MemberView) -> Till:
    """A newer view of the member at the counter."""
    if till.present and till.present.member and till.present.member.id == member.id:
        return replace(till, present=replace(till.present, member=member, fresh=True))
    return till


def detach(till: Till) -> Till:
    """Esc: nobody is at the counter. A sale on its way goes on."""
    return Till(committing=till.committing, last=till.last)


def tick(till: Till, now: datetime) -> Till:
    """Time passes: sentences fade, a served member leaves."""
    if till.notice and now >= till.notice.until:
        till = replace(till, notice=None)
    if till.leave_at and now >= till.leave_at and not till.sale_open:
        till = replace(detach(till), notice=till.notice)
    return till


def _same(one: Token, other: Token) -> bool:
    return (one.kind, one.value) == (other.kind, other.value)


def _same_person(one: Present, other: Present) -> bool:
    if one.member and other.member:
        return one.member.id == other.member.id
    return bool(one.token and other.token and _same(one.token, other.token))


def _better(old: Present, new: Present) -> Present:
    """Of two views of one person: the server's own, else the one that names the member at all."""
    if new.member is None or (old.fresh and not new.fresh):
        return replace(old, token=new.token or old.token)
    return new
