"""The shop's six figures, day by day, straight from the ledger: each with the days before it for comparison."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points.calendar import start_of_day
from loyalty.points.programme import Wallet
from loyalty.points.tables import accounts, transfers
from loyalty.points.tables_sale import purchase_states, tier_spells
from loyalty.web.shop import Shop

DAYS = 28
"""How far back the days of a figure go, today included."""

Daily = dict[date, int]


@dataclass(frozen=True)
class Figure:
    """One figure. `unit` is money (smallest unit), points (of the main wallet) or count.

    `value` belongs to the last `span` days, `before` to as many days before them (None: nothing to compare with).
    """

    key: str
    unit: str
    value: int
    before: int | None
    span: int
    days: tuple[tuple[date, int], ...]
    """Oldest first."""

    @property
    def change(self) -> float | None:
        """Share by which `value` differs from `before`, in whole hundredths; None with nothing to divide by."""
        return None if not self.before else round((self.value - self.before) / self.before, 2)

    @property
    def today(self) -> int:
        return self.days[-1][1] if self.days else 0


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    def each(self) -> list[date]:
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Books:
    """What figures are read from; what several of them need is read once."""

    session: Session
    shop: Shop

    @cached_property
    def moved(self) -> dict[str, Daily]:
        """What the transfers of the main wallet moved, by kind and local day."""
        return _moved(self.session, self.shop, self.shop.main_wallet)


def _summed(key: str, unit: str, found: Mapping[date, int], shop: Shop, span: int = 7) -> Figure:
    """A figure whose days add up."""
    days = Period(shop.today - timedelta(days=DAYS - 1), shop.today).each()
    values = [found.get(day, 0) for day in days]
    return Figure(
        key=key,
        unit=unit,
        value=sum(values[-span:]),
        before=sum(values[-2 * span : -span]),
        span=span,
        days=tuple(zip(days, values, strict=True)),
    )


def sales(books: Books) -> Figure:
    """Money paid for purchases, less what was returned of them, by the day of the sale."""
    session, shop = books.session, books.shop
    state = purchase_states.c
    first = shop.today - timedelta(days=DAYS - 1)
    rows = session.execute(sa.select(state.day, sa.func.sum(state.net)).where(state.day >= first).group_by(state.day))
    return _summed("sales", "money", {row[0]: int(row[1]) for row in rows}, shop)


def visitors(books: Books) -> Figure:
    """Members with a purchase that counts: of the last 28 days, and those of each single day."""
    session, shop = books.session, books.shop
    state = purchase_states.c
    first = shop.today - timedelta(days=DAYS - 1)

    def members(low: date, high: date) -> int:
        found = session.scalar(
            sa.select(sa.func.count(sa.distinct(state.member))).where(
                state.day.between(low, high), state.counts.is_(True)
            )
        )
        return int(found or 0)

    rows = session.execute(
        sa.select(state.day, sa.func.count(sa.distinct(state.member)))
        .where(state.day >= first, state.counts.is_(True))
        .group_by(state.day)
    )
    daily = {row[0]: int(row[1]) for row in rows}
    days = Period(first, shop.today).each()
    return Figure(
        key="members",
        unit="count",
        value=members(first, shop.today),
        before=members(first - timedelta(days=DAYS), first - timedelta(days=1)),
        span=DAYS,
        days=tuple((day, daily.get(day, 0)) for day in days),
    )


def _moved(session: Session, shop: Shop, wallet: str) -> dict[str, Daily]:
    """What the transfers of one wallet moved, by kind and local day; what left members counts below zero."""
    move = transfers.c
    days = Period(shop.today - timedelta(days=DAYS - 1), shop.today).each()
    bounds = sa.union_all(
        *(
            sa.select(
                sa.literal(i).label("i"),
                sa.literal(start_of_day(day, shop.zone), move.occurred_at.type).label("low"),
                sa.literal(start_of_day(day + timedelta(days=1), shop.zone), move.occurred_at.type).label("high"),
            )
            for i, day in enumerate(days)
        )
    ).cte("days")
    signed = sa.case((move.credit.startswith("member:", autoescape=True), move.amount), else_=-move.amount)
    rows = session.execute(
        sa.select(bounds.c.i, move.kind, sa.func.sum(signed))
        .join_from(bounds, transfers, sa.and_(move.occurred_at >= bounds.c.low, move.occurred_at < bounds.c.high))
        .where(move.wallet == wallet)
        .group_by(bounds.c.i, move.kind)
    )
    found: dict[str, Daily] = {}
    for i, kind, amount in rows:
        found.setdefault(kind, {})[days[i]] = int(amount)
    return found


def _together(moved: Mapping[str, Daily], kinds: tuple[str, ...], sign: int = 1) -> Daily:
    total: Daily = {}
    for kind in kinds:
        for day, amount in moved.get(kind, {}).items():
            total[day] = total.get(day, 0) + sign * amount
    return total


def issued(books: Books) -> Figure:
    """Points that members earned or were credited, before returns."""
    return _summed("issued", "points", _together(books.moved, ("earn", "credit", "topup")), books.shop)


def redeemed(books: Books) -> Figure:
    """Points that members spent, less what was given back."""
    return _summed("redeemed", "points", _together(books.moved, ("spend", "restore"), -1), books.shop)


def cents_per_unit(wallet: Wallet, shop: Shop) -> Fraction:
    """Money, in its smallest unit, that the smallest part of a wallet stands for."""
    return Fraction(wallet.value_per_point) * Fraction(10**shop.digits, 10**wallet.decimals)


def liability(books: Books) -> Figure:
    """What all members' points of the main wallet are worth, as money where the wallet has a value, else as points.

    Earlier days follow from today's sum and what the transfers moved since.
    """
    session, shop = books.session, books.shop
    account = accounts.c
    held = account.active + account.pending + account.held - account.deficit
    now = int(session.scalar(sa.select(sa.func.sum(held)).where(account.wallet == shop.main_wallet)) or 0)
    daily = _together(books.moved, tuple(books.moved))
    days = Period(shop.today - timedelta(days=DAYS - 1), shop.today).each()
    standing: list[tuple[date, int]] = []
    for day in reversed(days):
        standing.append((day, now))
        now -= daily.get(day, 0)
    standing.reverse()
    wallet = shop.wallet(shop.main_wallet)
    unit = "money" if wallet.value_per_point else "points"
    worth = cents_per_unit(wallet, shop) if wallet.value_per_point else Fraction(1)
    days_of_worth = tuple((day, int(amount * worth)) for day, amount in standing)
    return Figure(
        key="liability",
        unit=unit,
        value=days_of_worth[-1][1],
        before=days_of_worth[-8][1],
        span=7,
        days=days_of_worth,
    )


def level_ups(books: Books) -> Figure:
    """How often a member reached a higher level than the one before."""
    session, shop = books.session, books.shop
    rank = {level.name: level.rank for level in shop.levels}
    spell = tier_spells.c
    first = shop.today - timedelta(days=DAYS - 1)
    earlier = tier_spells.alias("earlier")
    before = (
        sa.select(earlier.c.tier)
        .where(earlier.c.member == spell.member, earlier.c.number < spell.number)
        .order_by(earlier.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: Daily = {}
    for day, tier, old in session.execute(sa.select(spell.since, spell.tier, before).where(spell.since >= first)):
        if rank.get(tier, 0) > rank.get(old, 0):
            found[day] = found.get(day, 0) + 1
    return _summed("level-ups", "count", found, shop)


FIGURES: dict[str, Callable[[Books], Figure]] = {
    "sales": sales,
    "members": visitors,
    "issued": issued,
    "redeemed": redeemed,
    "liability": liability,
    "level-ups": level_ups,
}
"""In the order of the page."""
