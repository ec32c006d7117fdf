"""What a counter may give away while it cannot ask the server, as the shop says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OfflinePolicy:
    """None: the shop says nothing, so each counter's own settings hold; else those can only be stricter.

    redeem_points: points of one member that one counter may give away in 24 hours without the server. days: for how
    long after the server last told of the member.
    """

    redeem_points: int | None = None
    days: int | None = None
