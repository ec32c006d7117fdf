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
from loyalty.campaigns.trial_result import Liability, TrialResult, compared
from loyalty.errors import Invalid
from loyalty.points.calendar import DAY, day_of, end_of_day, start_of_day, zone_of
from loyalty.points.read_programme import read_value
from loyalty.points.sql_facts import SqlFacts

MOST_SAMPLES = 53
"""How often at most liability is looked at: weekly in a year."""

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
    versions: list[Version] = [(each.at, each.document) for each in SqlFacts(session).versions(0)]
    opened = versions[0][0] if versions else now
    span, digits = _checked(session, document, versions, now, first, last)
    versions[0] = (min(opened, start_of_day(span.earliest, span.zone)), versions[0][1])  # imported sales lie before it
    arrivals = recorded.arrivals(session, span.zone)
    start = None if span.whole else start_of_day(span.first, span.zone)
    before = [each for each in versions if start is not None and each[0] < start]
    tried: list[Version] = [*before, (start if start and before else versions[0][0], document)]
    marked = recorded.marked(arrivals, extra.tags)
    present, candidate = (
        Replay(*each, start, opened) for each in ((versions, arrivals), (tried, marked))
    )
    candidate.give_at(start or start_of_day(span.first, span.zone), extra.gifts)
    curve = _live_through(session, (present, candidate), span, digits, progress)
    if curve is None:
        return None
    left_out = recorded.left_out(session, span.until)
    return compared(present, candidate, span.first, span.last, curve, left_out)


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


def _live_through(
    session: Session, replays: tuple[Replay, Replay], span: Span, digits: int, progress: Progress
) -> list[Liability] | None:
    """Both replays over all bookings, with a look at liability now and then; None when it was stopped."""
    order, done = order_of(session, span.until), 0
    waiting, curve = span.samples()[::-1], []
    for looked_at, portion in recorded.recorded(session, order, digits):
        for one in portion:
            while len(waiting) > 1 and waiting[-1] <= one.recorded_at:
                curve.append(_look(replays, waiting.pop(), span))
            for replay in replays:
                replay.book(one)
        done += looked_at
        if not progress(done, len(order)):
            return None
    return [*curve, *(_look(replays, moment, span) for moment in reversed(waiting))]


def _look(replays: tuple[Replay, Replay], moment: datetime, span: Span) -> Liability:
    for replay in replays:
        replay.run_to(moment)
        replay.advance(moment)
    present, candidate = replays
    day = day_of(moment - timedelta(microseconds=1), span.zone)
    name, other = present.programme.first_wallet, candidate.programme.first_wallet
    return Liability(
        day,
        present.liability(),
        candidate.liability(),
        present.facts.outstanding(name),
        candidate.facts.outstanding(other),
    )
