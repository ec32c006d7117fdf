"""The face on the screens: the shop's own day, units in the member's language, a masked name where others look."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from loyalty.contract.outcomes import Expiring, MemberView, WalletView
from loyalty.counter.face import face_of
from loyalty.counter.settings import CounterSettings
from tests.counter.samples import member

SETTINGS = CounterSettings(id="till-1", data_dir=Path("."), shop="Harbour Club", time_zone="Asia/Hong_Kong")
EVENING = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)  # already the 22nd in Hong Kong


def test_the_day_of_the_visit_is_the_shops() -> None:
    assert face_of(member(), SETTINGS, EVENING, masked=False).visited_on == date(2026, 11, 22)


def test_balance_unit_and_name() -> None:
    shown = face_of(member(points=1740), SETTINGS, EVENING, masked=False)
    assert (shown.shop, shown.name, shown.balance, shown.unit) == ("Harbour Club", "陳大文", "1,740", "積分")
    assert (shown.tier, shown.tier_rank, shown.expiring) == ("Gold", 2, None)
    assert face_of(member(), SETTINGS, EVENING, masked=True).name == "陳＊文"


def test_money_and_what_expires_first() -> None:
    soon = Expiring(date(2026, 12, 31), Decimal("5.00"))
    purse = WalletView(Decimal("12.5"), expiring=(soon,), decimals=2, kind="money")
    stored = MemberView("mem_9", "1", "Eve", "E.", "en", None, {"purse": purse})
    shown = face_of(stored, SETTINGS, EVENING, masked=False)
    assert (shown.balance, shown.unit, shown.expiring, shown.tier) == ("12.50", "HKD", soon, "")
