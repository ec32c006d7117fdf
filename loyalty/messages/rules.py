"""When and how often members may be written to: what the shop has set, else cautious defaults."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from loyalty.db.shop_settings import all_set
from loyalty.points.calendar import zone_of
from loyalty.points.sql_facts import SqlFacts

SETTING = "messages"
HOME_ZONE = "Asia/Hong_Kong"
"""Until a programme says where the shop is."""


@dataclass(frozen=True)
class Rules:
    """`most_offers` in any `per_days` days to one member over all channels. Quiet from `quiet_from` until `quiet_until`
    (hours of the shop's clock, 0 to 23; the same hour twice: never quiet). `of_age`: years.
    """

    most_offers: int = 3
    per_days: int = 7
    quiet_from: int = 21
    quiet_until: int = 9
    of_age: int = 18
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(HOME_ZONE))

    def after_quiet(self, moment: datetime) -> datetime:
        """`moment` itself, or the end of the quiet hours that it lies in."""
        local = moment.astimezone(self.zone)
        if not self._is_quiet(local.hour):
            return moment
        day = local.date() + timedelta(days=1 if local.hour >= self.quiet_until else 0)
        return datetime.combine(day, time(self.quiet_until), self.zone).astimezone(moment.tzinfo)

    def _is_quiet(self, hour: int) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


LIMITS = {"most_offers": (0, 50), "per_days": (1, 90), "quiet_from": (0, 23), "quiet_until": (0, 23), "of_age": (0, 25)}
"""What the shop may set, least and most."""


def rules_of(session: Session, now: datetime) -> Rules:
    """The rules in force at `now`; numbers that are not in LIMITS count as not set."""
    said = all_set(session).get(SETTING) or {}
    numbers = {
        name: value
        for name, (least, most) in LIMITS.items()
        if isinstance(value := said.get(name), int) and least <= value <= most
    }
    version = SqlFacts(session).version(now)
    zone = zone_of(version.programme.timezone) if version else ZoneInfo(HOME_ZONE)
    return Rules(**numbers, zone=zone)
