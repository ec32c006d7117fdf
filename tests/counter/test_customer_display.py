"""The customer display beside the till: total and points of the sale that is open or just booked, never in its way."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.contract.token import Token
from loyalty.counter.customer_display import WORDS, sale_lines
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.settings import CounterSettings, DeviceSettings
from loyalty.counter.till import Till
from loyalty.counter.till_rewards import with_coupon
from loyalty.devices.interfaces import Health, Seen
from simulators.__main__ import start

LONG_S = 20


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Shop:
    def __init__(self, folder: Path, profile: str, language: str) -> None:
        self.unit, ready, self.control = start(profile, tcp="127.0.0.1:0")
        device = DeviceSettings("display", "line_display", profile, ready["port"], control=ready["control"])
        self.parts: Parts = put_together(
            CounterSettings(
                id="c1", data_dir=folder, server="http://127.0.0.1:9", devices=(device,), language=language,
                member_stays_s=LONG_S,
            )
        )  # fmt: skip
        self.parts.agent.start()
        until(lambda: self.parts.agent.states()[0].health is Health.READY)

    def shows(self, *lines: str) -> None:
        until(lambda: self.unit.state()["lines"] == list(lines))

    def types(self, amount: str | None) -> None:
        self.parts.desk.act(lambda till: replace(till, amount=Decimal(amount) if amount else None))

    def books(self, outcome: dict[str, Any]) -> None:
        self.types(None)
        self.parts.desk.last_outcome = outcome

    def close(self) -> None:
        self.parts.agent.stop()
        self.parts.store.close()
        self.control.close()


@pytest.fixture
def shop_of(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    shops: list[Shop] = []

    def opened(profile: str = "line-display", language: str = "en") -> Shop:
        shops.append(Shop(tmp_path / str(len(shops)), profile, language))
        return shops[-1]

    yield opened
    for shop in shops:
        shop.close()


BOOKED = {"id": "s-1", "total": "128.50", "earned": {"points": "128"},
          "member": {"wallets": {"points": {"available": "1234"}}}}  # fmt: skip


def test_the_open_sale_and_then_what_it_brought(shop_of: Callable[..., Shop]) -> None:
    shop = shop_of()
    shop.types("128.5")
    shop.shows("TOTAL         128.50", "")
    shop.books(BOOKED)
    shop.shows("TOTAL         128.50", "+128 POINTS    1,234")
    shop.types("9")
    shop.shows("TOTAL           9.00", "")
    shop.types(None)
    shop.shows("TOTAL         128.50", "+128 POINTS    1,234")


def test_a_sale_that_waits_for_the_server_shows_its_total(shop_of: Callable[..., Shop]) -> None:
    shop = shop_of()
    shop.books({"id": "s-1", "status": "pending", "total": "10"})
    shop.shows("TOTAL          10.00", "")


@pytest.mark.parametrize(
    ("profile", "language", "first"),
    [
        ("line-display-big5", "zh-Hant", "合計          128.50"),
        ("line-display-gb18030", "zh-Hans", "合计          128.50"),
        ("line-display", "zh-Hant", "TOTAL         128.50"),
    ],
)
def test_in_the_shops_language_where_the_display_has_it(
    shop_of: Callable[..., Shop], profile: str, language: str, first: str
) -> None:
    shop = shop_of(profile, language)
    shop.types("128.5")
    shop.shows(first, "")


def test_an_unplugged_display_stops_nothing_and_shows_again(shop_of: Callable[..., Shop]) -> None:
    shop = shop_of()
    shop.types("1")
    shop.shows("TOTAL           1.00", "")
    shop.unit.set_fault("cut", {})
    until(lambda: shop.parts.agent.states()[0].health is Health.OFFLINE)
    shop.types("2")
    assert shop.parts.desk.till.amount == 2
    shop.unit.clear_faults()
    shop.shows("TOTAL           2.00", "")


@pytest.mark.parametrize("columns", [8, 12, 20])
@pytest.mark.parametrize("language", WORDS)
def test_lines_fit_whatever_the_numbers(language: str, columns: int) -> None:
    for total in ("0.00", "128.50", "99999999.99"):
        lines = sale_lines(Decimal(total), Decimal("12345678"), Decimal("99999"), WORDS[language], columns)
        assert all(len(line.encode("gb18030")) == columns for line in lines)


def test_a_scanned_coupon_goes_with_the_sale_once(tmp_path: Path) -> None:
    scanner = DeviceSettings("scanner-1", "scanner", "serial-scanner", "socket://127.0.0.1:9")
    parts = put_together(CounterSettings(id="c1", data_dir=tmp_path, server="http://127.0.0.1:9", devices=(scanner,)))
    parts.desk.start()
    for _ in range(2):
        parts.desk.heard("scanner-1", Seen(Token("coupon", "4006381333931000123", "scanner-1")))
    until(lambda: parts.desk.till.extras.codes == ("4006381333931000123",))
    parts.desk.stop()
    parts.store.close()
    assert with_coupon(Till(committing="s-1"), "A") == Till(committing="s-1")
