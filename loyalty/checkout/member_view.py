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

from loyalty.checkout.words import kind_of, money_of, voucher_worth, worth_of
from loyalty.contract.outcomes import Expiring, MemberView, NextTier, RewardOffer, TierView, VoucherView, WalletView
from loyalty.db.prepared import Prepared
from loyalty.errors import LoyaltyError, UnknownMember
from loyalty.members.cards import USABLE
from loyalty.members.names import masked_name
from loyalty.members.tables import Card, Member
from loyalty.points import due, tiers
from loyalty.points.calendar import day_of
from loyalty.points.facts import Account, Lot
from loyalty.points.lots import expiry_of
from loyalty.points.plan import Plan
from loyalty.points.programme import Level, Programme, Tiers, Wallet
from loyalty.points.sql_engine import UNTAKEN
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.step import Context, Step
from loyalty.points.store import ProgrammeVersion
from loyalty.points.tier_figures import figure
from loyalty.points.vouchers import in_hand

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
    """Balances, level and what can be redeemed at `now`, after everything that was posted.

    What time has done since the last step is worked out here too, and thrown away: the day jobs write it down.
    """
    version, person = programme_of(facts, now), person_of(facts, id)
    numbers = count(UNTAKEN).__next__
    plan = Plan(facts, numbers)
    due.run(plan, Context(numbers), id, now)
    step = Step(plan, version, Context(numbers), now, now)
    programme = version.programme
    accounts = {account.wallet: account for account in plan.accounts(id)}
    dying = plan.dying_lots(id, now + SOON)
    wallets = {
        name: _wallet_view(step, wallet, accounts.get(name) or Account(id, name), dying)
        for name, wallet in programme.wallets.items()
        if not wallet.bearer
    }
    tier = _tier_view(step, id)
    tokens = [f"{kind}:{token}" for kind, token, status in facts.cursor.rows(_cards, id=id) if status in USABLE]
    return MemberView(
        id=id,
        number=person.number,
        name=person.name,
        masked_name=masked_name(person.name),
        language=person.language,
        tier=tier,
        wallets=wallets,
        rewards=tuple(_rewards(programme, accounts, tier, person.language, step.day)),
        cards=tuple(tokens),
        as_of=now,
        vouchers=tuple(
            VoucherView(each.id, voucher_worth(each, programme, person.language), each.active_on, each.expires_on)
            for each in plan.open_vouchers(id)
            if in_hand(each, step.day)
        ),
    )


def _wallet_view(step: Step, wallet: Wallet, account: Account, dying: Sequence[Lot]) -> WalletView:
    """Amounts in the wallet's own unit; `expiring` lists the days within SOON. `dying`: of all wallets."""

    def shown(units: int) -> Decimal:
        return Decimal(units).scaleb(-wallet.decimals)

    return WalletView(
        available=shown(account.available),
        pending=shown(account.pending),
        held=shown(account.held),
        expiring=tuple(Expiring(day, shown(units)) for day, units in sorted(_dying(step, dying, account).items())),
        decimals=wallet.decimals,
        kind=wallet.kind,
    )


def _dying(step: Step, dying: Sequence[Lot], account: Account) -> dict[date, int]:
    """Units by the last day on which they can be used."""
    found: dict[date, int] = defaultdict(int)
    mine = [lot for lot in dying if lot.wallet == account.wallet]
    if account.inactivity is not None and account.active:  # whose lots die by the member's silence, not by a date
        mine = list(step.plan.open_lots(account.member, account.wallet))
    for lot in mine:
        gone = expiry_of(lot, account, step.zone)
        if lot.active and lot.remaining and gone is not None and gone <= step.now + SOON:
            found[day_of(gone - timedelta(microseconds=1), step.zone)] += lot.remaining
    return found


def _tier_view(step: Step, member: str) -> TierView | None:
    levels = step.programme.tiers.levels if step.programme.tiers else ()
    standing = step.standing(member)
    level = next((level for level in levels if level.name == standing.tier), None)
    if level is None:
        return None
    following, progress = _way_up(step, member, level)
    return TierView(
        name=level.name,
        rank=level.rank,
        ranks=len(levels),
        since=standing.tier_since,
        until=tiers.until(step.plan, standing, level, step.day),
        next=following,
        progress=progress,
    )


def _way_up(step: Step, member: str, level: Level) -> tuple[NextTier | None, float]:
    """The next level, what is missing to it in the metric's own unit, and the share of the way, 0 to 1."""
    rules = step.programme.tiers
    if rules is None or level.rank + 1 >= len(rules.levels):
        return None, 1.0
    following = rules.levels[level.rank + 1]
    have = figure(step, rules, member, following.window, step.day)
    missing = max(Fraction(following.threshold) - have, Fraction(0))
    units = Decimal(-(-missing.numerator // missing.denominator)).scaleb(-_digits(step.programme, rules))
    span = Fraction(following.threshold - level.threshold)
    share = max(Fraction(0), min(Fraction(1), (have - level.threshold) / span)) if span > 0 else Fraction(0)
    return NextTier(following.name, units), round(float(share), 4)


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
        worth = worth_of(reward, programme, language)
        found.append(
            RewardOffer(reward.name, price, reward.wallet, worth, kind_of(reward), money_of(reward, programme))
        )
    return sorted(found, key=lambda offer: -offer.cost)
