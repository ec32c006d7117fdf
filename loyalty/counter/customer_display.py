"""Service of the customer display: what the sale comes to and which points it brings. It only looks on.

It reads what the till shows anyway, on its own thread, so that a display that is unplugged or slow holds up no sale.
"""

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from loyalty.contract.outcomes import MemberView
from loyalty.counter.desk import Desk
from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.settings import CounterSettings
from loyalty.devices.interfaces import LineDisplay
from loyalty.devices.wire.line_display import width_of
from loyalty.errors import Rejected
from loyalty.money import digits_of

LOOK_S, STATUS_EVERY_S = 0.25, 2.0
WORDS = {"en": ("TOTAL", "POINTS"), "zh-Hant": ("合計", "積分"), "zh-Hans": ("合计", "积分")}
Words = tuple[str, str]


class CustomerDisplay:
    def __init__(self, desk: Desk, settings: CounterSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._settings, self._now = desk, settings, monotonic

    def serve(self, unit: DeviceThread, driver: LineDisplay) -> None:
        """Shows what changed; the whole of it anew with every opening, for a display forgets when it loses power."""
        columns = int(unit.profile["columns"]) if "columns" in unit.profile.facts else 20
        words = words_for(driver, self._settings.language)
        known, until, shown, ask_at = self._desk.last_outcome, 0.0, None, 0.0
        while not unit.stopping.is_set():
            if self._now() >= ask_at:
                unit.show(driver.status())
                ask_at = self._now() + STATUS_EVERY_S
            outcome = self._desk.last_outcome
            if outcome is not known:
                known, until = outcome, self._now() + self._settings.member_stays_s
            lines = self._lines(outcome if self._now() < until else None, words, columns)
            if lines != shown:
                self._show(driver, lines)
                shown = lines
            with self._desk.changed:
                self._desk.changed.wait(LOOK_S)

    def _lines(self, outcome: Mapping[str, Any] | None, words: Words, columns: int) -> list[str]:
        till, digits = self._desk.till, digits_of(self._settings.currency)
        if till.amount is not None:
            member = till.present.member if till.present else None
            return sale_lines(round(till.amount, digits), points_of(member), None, words, columns)
        if outcome and outcome.get("total") is not None:
            wallets = (outcome.get("member") or {}).get("wallets") or {}
            points, earned = wallets.get("points"), (outcome.get("earned") or {}).get("points")
            return sale_lines(
                round(Decimal(str(outcome["total"])), digits), Decimal(str(points["available"])) if points else None,
                Decimal(str(earned)) if earned else None, words, columns,
            )  # fmt: skip
        return []

    def _show(self, driver: LineDisplay, lines: list[str]) -> None:
        """A text that the display cannot show is left out: better nothing than signs without sense."""
        try:
            if lines:
                driver.show(lines)
            else:
                driver.clear()
        except Rejected:
            driver.clear()


def words_for(driver: LineDisplay, language: str) -> Words:
    """The shop's language where the display has its signs, English elsewhere."""
    words = WORDS.get(language, WORDS["en"])
    can_show = getattr(driver, "can_show", str.isascii)
    return words if can_show("".join(words)) else WORDS["en"]


def points_of(member: MemberView | None) -> Decimal | None:
    wallet = member.wallets.get("points") if member else None
    return wallet.available if wallet else None


def sale_lines(total: Decimal, points: Decimal | None, earned: Decimal | None, words: Words, columns: int) -> list[str]:
    """`TOTAL        128.50` and, for a member, `+128 POINTS    1,234`."""
    first = _apart(words[0], f"{total:,f}", columns)
    if points is None:
        return [first, ""]
    gained = f"+{earned.normalize():f} " if earned else ""
    return [first, _apart(f"{gained}{words[1]}", f"{points.normalize():,f}", columns)]


def _apart(left: str, right: str, columns: int) -> str:
    """One at the left end, one at the right; where both do not fit, the number alone."""
    room = columns - width_of(left) - width_of(right)
    return left + " " * room + right if room > 0 else right[:columns].rjust(columns)
