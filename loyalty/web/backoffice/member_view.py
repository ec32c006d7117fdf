"""One member as the page shows them: what they have, where they stand, their cards, and what of their contact is open
to the person who looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import member_view
from loyalty.contract.outcomes import RewardOffer, TierView
from loyalty.members.cards import USABLE, cards_of
from loyalty.members.described import fields_of, tags_of
from loyalty.members.names import masked_name
from loyalty.members.tables import Card, Member
from loyalty.points.facts import Account
from loyalty.points.lots import expiry_of
from loyalty.points.programme import Wallet
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.shop import Shop


@dataclass(frozen=True)
class Dying:
    """`amount` in the wallet's smallest unit; `on` is the last day on which it can be used."""

    on: date
    amount: int


@dataclass(frozen=True)
class WalletBox:
    """All amounts in the wallet's smallest unit."""

    wallet: Wallet
    available: int
    pending: int
    held: int
    dying: tuple[Dying, ...]


@dataclass(frozen=True)
class CardRow:
    """`tail` are the last four characters: enough to compare with the card in hand."""

    id: str
    kind: str
    tail: str
    status: str
    issued_at: datetime

    @property
    def usable(self) -> bool:
        return self.status in USABLE

    @property
    def settled(self) -> bool:
        """Neither blocking nor unblocking makes sense any more."""
        return self.status in ("replaced", "retired")


@dataclass(frozen=True)
class Contact:
    """`masked`: only hints of what is known."""

    phone: str | None
    email: str | None
    birthday: date | None
    masked: bool


@dataclass(frozen=True)
class MemberBox:
    id: str
    number: str
    name: str
    language: str
    joined_at: datetime
    closed: bool
    status: str
    merged_into: str | None
    notes: str
    contact: Contact
    wallets: tuple[WalletBox, ...]
    cards: tuple[CardRow, ...]
    level: TierView | None
    rewards: tuple[RewardOffer, ...]
    """What could be redeemed now, the dearest first."""
    tags: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    """Fields of the shop's own, by name."""


def read_member(session: Session, shop: Shop, member: Member, full: bool) -> MemberBox:
    """`full`: whether this person may read name and contact; else they are masked."""
    view = member_view(SqlFacts(session), member.id, shop.now) if shop.programme else None
    return MemberBox(
        id=member.id,
        number=member.number,
        name=member.name if full else masked_name(member.name),
        language=member.language,
        joined_at=member.joined_at,
        closed=member.status != "active",
        status=member.status,
        merged_into=member.merged_into,
        notes=member.notes if full else "",
        contact=contact_of(member, full),
        wallets=tuple(_wallets(session, shop, member.id)),
        cards=tuple(_card(card) for card in reversed(cards_of(session, member.id))),
        level=view.tier if view else None,
        rewards=view.rewards if view else (),
        tags=tags_of(session, member.id),
        details=fields_of(session, member.id) if full else {},
    )


def contact_of(member: Member, full: bool) -> Contact:
    if full:
        return Contact(member.phone, member.email, member.birthday, masked=False)
    phone = f"{member.phone[:4]} •••• {member.phone[-2:]}" if member.phone else None
    name, _at, domain = (member.email or "").partition("@")
    email = f"{name[:1]}•••@{domain}" if domain else None
    return Contact(phone, email, None, masked=True)


def _wallets(session: Session, shop: Shop, member: str) -> list[WalletBox]:
    """Those of the programme in its order, then older ones that still hold something."""
    facts = SqlFacts(session)
    accounts = {account.wallet: account for account in facts.accounts(member)}
    names = list(shop.programme.wallets) if shop.programme else []
    names += [name for name, account in accounts.items() if name not in names and account.balance]
    return [
        _wallet(facts, shop.wallet(name), accounts.get(name, Account(member, name)), member, shop) for name in names
    ]


def _wallet(facts: SqlFacts, wallet: Wallet, account: Account, member: str, shop: Shop) -> WalletBox:
    by_day: dict[date, int] = {}
    for lot in facts.open_lots(member, wallet.name):
        gone = expiry_of(lot, account, shop.zone)
        if gone is not None and lot.active and lot.remaining:
            last_day = (gone - timedelta(microseconds=1)).astimezone(shop.zone).date()
            by_day[last_day] = by_day.get(last_day, 0) + lot.remaining
    dying = tuple(Dying(day, by_day[day]) for day in sorted(by_day))
    return WalletBox(wallet, account.available, account.pending, account.held, dying)


def _card(card: Card) -> CardRow:
    return CardRow(card.id, card.kind, card.token[-4:], card.status, card.issued_at)
