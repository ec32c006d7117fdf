"""A member as counters, cards and receipts show them, put together from the ledger and the person's record."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.checkout.words import worth_of
from loyalty.contract.outcomes import Expiring, MemberView, NextTier, RewardOffer, TierView, WalletView
from loyalty.db.prepared import Prepared
from loyalty.errors import LoyaltyError, UnknownMember
from loyalty.members.cards import USABLE
from loyalty.members.names import masked_name
from loyalty.members.tables import Card, Member
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.facts import Account, Lot, Standing
from loyalty.points.lots import expiry_of
from loyalty.points.plan import Plan
from loyalty.points.programme import Programme, Tiers, Wallet
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.step import Context, Step
from loyalty.points.store import ProgrammeVersion
from loyalty.points.tier_figures import figure

SOON = timedelta(days=60)
"""Points that die within this time are listed with their day."""

_member, _card = Member.__table__.c, Card.__table__.c
_person = Prepared(
    sa.select(_member.number, _member.name, _member.language, _member.status).where(_member.id == bindparam("id"))
)
_cards = Prepared(
    sa.select(_card.kind, _card.token, _card.status)
    .where(_card.member_id == bindparam("id"))
    .order_by(_card.issued_at, _card.id)
)


@dataclass(frozen=True)
class Person:
    """What is read of the person on the way of a sale."""

    id: str
    number: str
    name: str
    language: str
    status: str


def programme_of(facts: SqlFacts, now: datetime) -> ProgrammeVersion:
    """The version in force; `not_ready` while the shop has none."""
    version = facts.version(now)
    if version is None:
        raise LoyaltyError("The shop has no programme yet; put one first.", code="not_ready")
    return version


def person_of(facts: SqlFacts, id: str) -> Person:
    """UnknownMember when there is none."""
    row = facts.cursor.row(_person, id=id)
    if row is None:
        raise UnknownMember(f"There is no member {id[:60]!r}; look the member up again.", pointer="/member")
    return Person(id, *row)


def member_view(facts: SqlFacts, id: str, now: datetime) -> MemberView:
    """Balances, level and what can be redeemed, as they stand after everything that was posted."""
    version, person = programme_of(facts, now), person_of(facts, id)
    programme = version.programme
    zone = zone_of(programme.timezone)
    accounts = {account.wallet: account for account in facts.accounts(id)}
    wallets = {
        name: wallet_view(facts, wallet, accounts.get(name) or Account(id, name), now, programme)
        for name, wallet in programme.wallets.items()
    }
    tier = _tier_view(facts, version, id, now)
    tokens = [f"{kind}:{token}" for kind, token, status in facts.cursor.rows(_cards, id=id) if status in USABLE]
    return MemberView(
        id=id,
        number=person.number,
        name=person.name,
        masked_name=masked_name(person.name),
        language=person.language,
        tier=tier,
        wallets=wallets,
        rewards=tuple(_rewards(programme, accounts, tier, person.language, day_of(now, zone))),
        cards=tuple(tokens),
        as_of=now,
    )


def wallet_view(
    facts: SqlFacts, wallet: Wallet, account: Account, now: datetime, programme: Programme
) -> WalletView:
    """Amounts in the wallet's own unit; `expiring` lists the days within SOON."""
    def shown(units: int) -> Decimal:
        return Decimal(units).scaleb(-wallet.decimals)

    lots = facts.open_lots(account.member, wallet.name) if account.active else []
    dying = _dying(lots, account, now, programme)
    return WalletView(
        available=shown(account.available),
        pending=shown(account.pending),
        held=shown(account.held),
        expiring=tuple(Expiring(day, shown(units)) for day, units in sorted(dying.items())),
        decimals=wallet.decimals,
        kind=wallet.kind,
    )


def _dying(lots: Sequence[Lot], account: Account, now: datetime, programme: Programme) -> dict[date, int]:
    """Units by the last day on which they can be used."""
    zone = zone_of(programme.timezone)
    found: dict[date, int] = defaultdict(int)
    for lot in lots:
        gone = expiry_of(lot, account, zone)
        if lot.active and lot.remaining and gone is not None and gone <= now + SOON:
            found[day_of(gone - timedelta(microseconds=1), zone)] += lot.remaining
    return found


def _tier_view(facts: SqlFacts, version: ProgrammeVersion, id: str, now: datetime) -> TierView | None:
    programme = version.programme
    tiers, standing = programme.tiers, facts.standing(id) or Standing(id)
    if tiers is None:
        return None
    ranks = {level.name: level for level in tiers.levels}
    level = ranks.get(standing.tier or "")
    if level is None:
        return None
    following, progress = _way_up(facts, version, tiers, id, level.rank, now)
    return TierView(
        name=level.name,
        rank=level.rank,
        ranks=len(tiers.levels),
        since=standing.tier_since,
        until=_held_until(facts, standing, level.name),
        next=following,
        progress=progress,
    )


def _held_until(facts: SqlFacts, standing: Standing, level: str) -> date | None:
    """The last day of the level as things stand; None = open."""
    row = next((row for row in facts.entitlements(standing.member) if row.level == level), None)
    if row is not None:
        return row.grace_until if row.status == "grace" else row.last_day
    return standing.floor_until if standing.floor == level else None


def _way_up(
    facts: SqlFacts, version: ProgrammeVersion, tiers: Tiers, id: str, rank: int, now: datetime
) -> tuple[NextTier | None, float]:
    """The next level, what is missing to it in the metric's own unit, and the share of the way, 0 to 1."""
    if rank + 1 >= len(tiers.levels):
        return None, 1.0
    level = tiers.levels[rank + 1]
    numbers = count(1).__next__  # nothing is written: numbers are asked for, but thrown away
    step = Step(Plan(facts, numbers), version, Context(numbers), now, now)
    have = figure(step, tiers, id, level.window, step.day)
    missing = max(Fraction(level.threshold) - have, Fraction(0))
    digits = _digits(version.programme, tiers)
    units = Decimal(-(-missing.numerator // missing.denominator)).scaleb(-digits)
    start = tiers.levels[rank].threshold
    span = Fraction(level.threshold - start)
    share = max(Fraction(0), min(Fraction(1), (have - start) / span)) if span > 0 else Fraction(0)
    return NextTier(level.name, units), round(float(share), 4)


def _digits(programme: Programme, tiers: Tiers) -> int:
    if tiers.metric == "spend":
        return programme.digits
    wallet = programme.wallets.get(tiers.metric_wallet or "")
    return wallet.decimals if wallet and tiers.metric in ("earned", "balance") else 0


def _rewards(
    programme: Programme, accounts: dict[str, Account], tier: TierView | None, language: str, day: date
) -> list[RewardOffer]:
    """What the member could redeem now, the dearest first: conditions on a basket are tested when it is there."""
    found = []
    for reward in programme.rewards.values():
        wallet = programme.wallets[reward.wallet]
        account = accounts.get(reward.wallet)
        cost = reward.cost if reward.cost is not None else max(reward.min_points, reward.step)
        open_to = not reward.tiers or (tier is not None and tier.name in reward.tiers)
        dated = (reward.when.date_from or day) <= day <= (reward.when.date_to or day)
        if account is None or reward.auto or not open_to or not dated or account.available < cost:
            continue
        price = Decimal(cost).scaleb(-wallet.decimals)
        found.append(RewardOffer(reward.name, price, reward.wallet, worth_of(reward, programme, language)))
    return sorted(found, key=lambda offer: -offer.cost)
