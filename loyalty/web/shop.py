"""The shop as pages need it: its name, its money, its days, and the programme in force at this moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import g

from loyalty.db.shop_settings import all_set
from loyalty.points.calendar import zone_of
from loyalty.points.programme import Level, Programme, Wallet
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.database import reading
from loyalty.web.services import services


@dataclass(frozen=True)
class Shop:
    """`version` is 0 and `programme` None before the first programme is put in force."""

    name: str
    currency: str
    digits: int
    zone: ZoneInfo
    now: datetime
    version: int = 0
    programme: Programme | None = None

    @property
    def today(self) -> date:
        """The shop's local day."""
        return self.now.astimezone(self.zone).date()

    @property
    def levels(self) -> tuple[Level, ...]:
        """From the lowest to the highest; empty without levels."""
        return self.programme.tiers.levels if self.programme and self.programme.tiers else ()

    @property
    def main_wallet(self) -> str:
        """The wallet that stands in lists; `points` before there is a programme."""
        return self.programme.first_wallet if self.programme else "points"

    def wallet(self, name: str) -> Wallet:
        """The wallet's rules, also of one that no version has any more."""
        if self.programme is not None and (name in self.programme.wallets or name in self.programme.retired):
            return self.programme.wallet(name)
        return Wallet(name=name)

    def level(self, name: str | None) -> Level | None:
        return next((level for level in self.levels if level.name == name), None)


def shop() -> Shop:
    """The shop of this request, read once."""
    found = g.get("shop")
    if found is None:
        found = g.shop = _read()
        named = all_set(reading()).get("shop_name")
        if named:
            found = g.shop = replace(found, name=named)
        g.time_zone = str(found.zone)
    return cast(Shop, found)


def _read() -> Shop:
    now = services().now()
    version = SqlFacts(reading()).version(now)
    if version is None:
        return Shop("loyalty", "USD", 2, ZoneInfo("UTC"), now)
    programme = version.programme
    return Shop(
        name=programme.name or "loyalty",
        currency=programme.currency,
        digits=programme.digits,
        zone=zone_of(programme.timezone),
        now=now,
        version=version.number,
        programme=programme,
    )
