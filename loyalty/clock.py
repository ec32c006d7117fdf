"""Time is passed in. Programs hold a Clock; everything below receives moments."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The machine's own clock, in UTC."""
    return datetime.now(UTC)


class SetClock:
    """A clock that stands where it is put: for tests, scenarios and the seeding of history."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def __call__(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its offset from UTC")
        self._moment = moment.astimezone(UTC)

    def forward(self, step: timedelta) -> None:
        self._moment += step


def rfc3339(moment: datetime) -> str:
    """`2026-11-21T19:20:22.123456Z`: fixed width, sorts as text. `moment` must be aware."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """The aware moment that `text` names, in UTC. ValueError when there is no offset in it."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC; write 2026-11-21T19:20:22Z or …+08:00")
    return moment.astimezone(UTC)
