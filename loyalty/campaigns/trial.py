"""A programme tried on what was really sold: the same history under it and under the one in force, side by side.

Nothing is booked: both are lived through in memory by the engine itself, in one pass over the recorded bookings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty.campaigns import recorded
from loyalty.campaigns.booking_order import order_of
from loyalty.campaigns.replay import NOTHING, Extra, Replay, Version
from loyalty.campaigns.trial_result import Lived, TrialResult, compared, lived
from loyalty.errors import Invalid
from loyalty.points.calendar import DAY, day_of, end_of_day, start_of_day, zone_of
from loyalty.points.read_programme import read_value
from loyalty.points.sql_facts import SqlFacts

MOST_SAMPLES = 53
"""How often at most liability is looked at: weekly in a year."""

Point = tuple[date, int, int]
Progress = Callable[[int, int], bool]
"""Hears (bookings done, bookings in all); may return False to stop."""


@dataclass(frozen=True)
class Span:
    """Local days of the trial, both included; `until` is the moment after the last one, never later than now."""

    first: date
    last: date
    until: datetime
    zone: ZoneInfo
    earliest: date  # of all recorded sales

    @property
    def whole(self) -> bool:
        """From the first sale on: nothing lies before it."""
        return self.first == self.earliest

    def samples(self) -> list[datetime]:
        """Ends of days, evenly spread, the last one at the end of the trial."""
        days = (self.last - self.first).days + 1
        step = -(-days // MOST_SAMPLES)
        ends = [end_of_day(self.last - DAY * back, self.zone) for back in range(0, days, step)]
        return [*sorted(end for end in ends if end < self.until), self.until]


@dataclass(frozen=True)
class Ground:
    """What replays begin from. `opened`: when the shop put its first programme; `start`: from when figures count."""

    span: Span
    digits: int
    versions: Sequence[Version]
    opened: datetime
    start: datetime | None
    arrivals: Sequence[recorded.Arrival]


def run_trial(
    session: Session,
    document: Mapping[str, Any],
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    progress: Progress = lambda _done, _all: True,
    extra: Extra = NOTHING,
) -> TrialResult | None:
    """What would have happened with `document` in force from the day `first` (default: always) to the day `last`.

    `extra`: what a campaign does beside its rules, for the candidate only.

    Before `first` the shop's own versions rule, so that balances and levels are right on that day. None when
    `progress` stopped it; Invalid for a faulty document, a span without sales, and another currency.
    """
    ground = ground_of(session, [document], now, first, last)
    both = live_through(session, ground, [replay_of(ground), replay_of(ground, document, extra)], progress)
    if both is None:
        return None
    present, candidate = both
    span = ground.span
    return compared(present, candidate, span.first, span.last, recorded.left_out(session, span.until))


def ground_of(
    session: Session, documents: Sequence[Mapping[str, Any]], now: datetime, first: date | None, last: date | None
) -> Ground:
    """Invalid for the first document that cannot be tried; see `run_trial`."""
    versions: list[Version] = [(each.at, each.document) for each in SqlFacts(session).versions(0)]
    opened = versions[0][0] if versions else now
    found = [_checked(session, document, versions, now, first, last) for document in documents]
    span, digits = found[0]
    versions[0] = (min(opened, start_of_day(span.earliest, span.zone)), versions[0][1])  # imported sales lie before it
    start = None if span.whole else start_of_day(span.first, span.zone)
    return Ground(span, digits, versions, opened, start, recorded.arrivals(session, span.zone))


def replay_of(ground: Ground, document: Mapping[str, Any] | None = None, extra: Extra = NOTHING) -> Replay:
    """A replay of the shop's own versions, or of `document` from the first day that counts."""
    versions, start = list(ground.versions), ground.start
    if document is not None:
        before = [each for each in versions if start is not None and each[0] < start]
        versions = [*before, (start if start and before else versions[0][0], document)]
    made = Replay(versions, recorded.marked(ground.arrivals, extra.tags), start, ground.opened)
    made.give_at(start or start_of_day(ground.span.first, ground.span.zone), extra.gifts)
    return made


def _checked(
    session: Session,
    document: Mapping[str, Any],
    versions: Sequence[Version],
    now: datetime,
    first: date | None,
    last: date | None,
) -> tuple[Span, int]:
    """The span, and the currency's digits."""
    tried = read_value(document)
    shop, sold = SqlFacts(session).version(now), recorded.span_of(session)
    if shop is None or not versions or sold is None:
        raise Invalid("There are no recorded sales to try it on; book or import some first.")
    own = shop.programme
    if (tried.currency, tried.digits) != (own.currency, own.digits):
        raise Invalid(
            f"The programme counts in {tried.currency}, the recorded sales in {own.currency}; write currency:"
            f" {own.currency}.",
            pointer="currency",
        )
    zone = zone_of(own.timezone)
    earliest, latest = day_of(sold[0], zone), day_of(sold[1], zone)
    begin, end = max(first or earliest, earliest), min(last or latest, latest)
    if begin > end:
        raise Invalid(f"There are no recorded sales in that time; they go from {earliest} to {latest}.")
    until = min(end_of_day(end, zone), now + timedelta(microseconds=1))
    return Span(begin, end, until, zone, earliest), own.digits


def live_through(
    session: Session, ground: Ground, replays: Sequence[Replay], progress: Progress
) -> list[Lived] | None:
    """The replays over all bookings, with a look at liability now and then; None when it was stopped."""
    span = ground.span
    order, done = order_of(session, span.until), 0
    waiting, curves = span.samples()[::-1], [list[Point]() for _ in replays]

    def look(moment: datetime) -> None:
        for replay, curve in zip(replays, curves, strict=True):
            curve.append(_look(replay, moment, span))

    for looked_at, portion in recorded.recorded(session, order):
        for one in portion:
            while len(waiting) > 1 and waiting[-1] <= one.recorded_at:
                look(waiting.pop())
            for replay in replays:
                replay.book(one)
        done += looked_at
        if not progress(done, len(order)):
            return None
    for moment in reversed(waiting):
        look(moment)
    return [lived(replay, curve) for replay, curve in zip(replays, curves, strict=True)]


def _look(replay: Replay, moment: datetime, span: Span) -> Point:
    """Worth of all points and points of the first wallet at a moment, which ends a day."""
    replay.run_to(moment)
    replay.advance(moment)
    day = day_of(moment - timedelta(microseconds=1), span.zone)
    return day, replay.liability(), replay.facts.outstanding(replay.programme.first_wallet)
