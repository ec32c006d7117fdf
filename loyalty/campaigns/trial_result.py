"""What a trial found: figures of both programmes, who gains and loses, whose level differs, liability day by day.

Money is in the currency's smallest unit, points in the wallet's; trial_json.py writes both as the API does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loyalty.campaigns.replay import Replay
from loyalty.points.programme import Programme

MOST_NAMED = 25
"""Winners and losers that are named."""


@dataclass(frozen=True)
class Liability:
    """At the end of a day: what all points are worth, and the points of the first wallet."""

    day: date
    present: int
    candidate: int
    present_points: int
    candidate_points: int


@dataclass(frozen=True)
class WalletFigures:
    """Points of all members: earned, spent and expired in the span, outstanding at its end."""

    decimals: int
    earned: int
    spent: int
    expired: int
    outstanding: int


@dataclass(frozen=True)
class Figures:
    """One programme over the span. `cost` = worth of the points earned + what offers, levels and vouchers took off.

    `levels`: members by level at the end; `risen` and `fallen`: how often somebody changed level on the way.
    """

    name: str
    sales: int
    total: int
    wallets: Mapping[str, WalletFigures]
    points_worth: int
    discount: int
    liability: int
    members_earning: int
    levels: Mapping[str | None, int]
    risen: int
    fallen: int
    refused_sales: int
    refused_rewards: int

    @property
    def cost(self) -> int:
        return self.points_worth + self.discount


@dataclass(frozen=True)
class MemberChange:
    """One member under both programmes: the worth of what was earned in the span, and points of the first wallet."""

    member: str
    present: int
    candidate: int
    present_points: int
    candidate_points: int

    @property
    def gain(self) -> tuple[int, int]:
        """In money, and in points where they are worth nothing."""
        return self.candidate - self.present, self.candidate_points - self.present_points


@dataclass(frozen=True)
class LevelChange:
    """A member who ends on another level. direction: up, down, or other (a level that only one programme knows)."""

    member: str
    present: str | None
    candidate: str | None
    direction: str


@dataclass(frozen=True)
class TrialResult:
    """`touched`: members who earn otherwise or end on another level. `left_out`: bookings not replayed, by verb."""

    first: date
    last: date
    currency: str
    digits: int
    present: Figures
    candidate: Figures
    members: int
    touched: int
    winners: tuple[MemberChange, ...]
    losers: tuple[MemberChange, ...]
    better: int
    worse: int
    levels: tuple[LevelChange, ...]
    liability: tuple[Liability, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Lived:
    """What is kept of one replay: small enough to come from another process.

    `worths`: member -> worth of all points earned, points of the first wallet. `curve`: at the end of a day the worth
    of all points that are outstanding, and those of the first wallet.
    """

    programme: Programme
    figures: Figures
    worths: Mapping[str, tuple[int, int]]
    levels: Mapping[str, str | None]
    curve: tuple[tuple[date, int, int], ...]


def lived(replay: Replay, curve: Sequence[tuple[date, int, int]]) -> Lived:
    """The replay at the end of its span."""
    return Lived(replay.programme, figures_of(replay), _worths(replay), replay.levels(), tuple(curve))


def compared(present: Lived, candidate: Lived, first: date, last: date, left_out: Mapping[str, int]) -> TrialResult:
    """Both at the end of the span."""
    changes, levels = _changes(present, candidate), _levels(present, candidate)
    gains = sorted((each for each in changes if each.gain > (0, 0)), key=lambda each: each.gain, reverse=True)
    losses = sorted((each for each in changes if each.gain < (0, 0)), key=lambda each: each.gain)
    touched = {each.member for each in (*gains, *losses)} | {each.member for each in levels}
    both = zip(present.curve, candidate.curve, strict=True)
    return TrialResult(
        first=first,
        last=last,
        currency=present.programme.currency,
        digits=present.programme.digits,
        present=present.figures,
        candidate=candidate.figures,
        members=len(present.levels),
        touched=len(touched),
        winners=tuple(gains[:MOST_NAMED]),
        losers=tuple(losses[:MOST_NAMED]),
        better=len(gains),
        worse=len(losses),
        levels=tuple(levels),
        liability=tuple(
            Liability(day, worth, other, points, others) for (day, worth, points), (_, other, others) in both
        ),
        left_out=left_out,
    )


def figures_of(replay: Replay) -> Figures:
    """One replay's figures as it stands now."""
    tally, programme, outstanding = replay.facts.tally, replay.programme, replay.outstanding()
    sums = {name: Counter[str]() for name in ("earned", "spent", "expired")}
    for name, found in sums.items():
        for (_, wallet), points in getattr(tally, name).items():
            found[wallet] += points
    wallets = {
        name: WalletFigures(
            programme.wallet(name).decimals, sums["earned"][name], sums["spent"][name], sums["expired"][name], points
        )
        for name, points in outstanding.items()
    }
    ways = [direction(old, new, programme, programme) for _, old, new in tally.moves]
    return Figures(
        name=programme.name,
        sales=tally.sales,
        total=tally.total,
        wallets=wallets,
        points_worth=sum(replay.worth(name, each.earned) for name, each in wallets.items()),
        discount=tally.discount,
        liability=replay.liability(),
        members_earning=len({member for (member, _), points in tally.earned.items() if points}),
        levels=Counter(replay.levels().values()),
        risen=ways.count("up"),
        fallen=ways.count("down"),
        refused_sales=replay.refused_sales,
        refused_rewards=replay.refused_rewards,
    )


def direction(old: str | None, new: str | None, before: Programme, after: Programme) -> str:
    """up, down, same, or other where no programme ranks both."""
    if old == new:
        return "same"
    for programme in (after, before):
        known: dict[str | None, int] = {None: -1}
        known |= {level.name: level.rank for level in programme.tiers.levels} if programme.tiers else {}
        if old in known and new in known:
            return "up" if known[new] > known[old] else "down"
    return "other"


def _changes(present: Lived, candidate: Lived) -> list[MemberChange]:
    nothing = (0, 0)
    return [
        MemberChange(member, *(pair[0] for pair in pairs), *(pair[1] for pair in pairs))
        for member in sorted({*present.worths, *candidate.worths})
        for pairs in [(present.worths.get(member, nothing), candidate.worths.get(member, nothing))]
    ]


def _worths(replay: Replay) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (member, wallet), points in replay.facts.tally.earned.items():
        worth, first = found.get(member, (0, 0))
        mine = points if wallet == replay.programme.first_wallet else 0
        found[member] = worth + replay.worth(wallet, points), first + mine
    return found


def _levels(present: Lived, candidate: Lived) -> list[LevelChange]:
    now, then = present.levels, candidate.levels
    return [
        LevelChange(member, now[member], then.get(member), way)
        for member in sorted(now)
        if (way := direction(now[member], then.get(member), present.programme, candidate.programme)) != "same"
    ]
