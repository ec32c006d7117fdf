"""Invented bodies for every step: what is refused has a 4xx and changes no row, and nothing breaks the server."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shop import PROGRAMME
from tests.web.api.conftest import Api, opened_api
from tests.web.api.test_bad_input import counted

ABSURD = st.sampled_from(
    [
        *(0, -1, 1, 10**30, -(10**30), 2**63, 2**63 - 1, 1.5, True, None, [], {}, [[]], [None], {"": ""}),
        *("", " ", "0", "-0", "+5", "1e5", "NaN", "Infinity", "-0.01", "0." + "0" * 30 + "1", "9" * 13, "９", "٣"),
        *("a\x00b", "\ud800", "é" * 300, "x" * 1001, "'; DROP TABLE lots; --", "ann", "s1", "points", "nobody"),
        *("2099-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
    ]
)
EARLIER, MEMBER = st.sampled_from(["s1", "nothing"]), st.sampled_from(["ann", "bob"])
POINTS, MONEY = st.integers(1, 200), st.sampled_from(["1", "99.99", "100", "100.01"])
LINES = st.lists(st.fixed_dictionaries({"sku": st.just("tea"), "amount": MONEY}), min_size=1, max_size=2)
SOLD = {"member": MEMBER, "occurred_at": st.just("2026-03-01T09:00:00Z"), "store": st.just("A")}
STEPS: dict[str, dict[str, Any]] = {
    "/purchases": {**SOLD, "lines": LINES, "discount": st.just("0.5"), "redeem": st.just([{"reward": "$50 off"}])},
    "/purchases:quote": {**SOLD, "amount": MONEY, "pay": st.just([{"wallet": "points", "amount": "1"}])},
    "/purchases/s1/returns": {"amount": MONEY, "lines": st.just([{"sku": "tea", "quantity": 1}]), "all": st.just(True)},
    "/purchases/s1:cancel": {"occurred_at": st.just("2026-03-01T09:00:00Z")},
    "/credits": {"member": MEMBER, "points": POINTS, "reason": st.just("why"), "expires_on": st.just("2026-09-01")},
    "/debits": {"member": MEMBER, "points": POINTS, "reason": st.just("why"), "wallet": st.just("points")},
    "/redemptions": {"member": MEMBER, "reward": st.just("$50 off"), "quantity": POINTS},
    "/holds": {"member": MEMBER, "points": POINTS, "until": st.just("2026-03-02")},
    "/transfers": {"from": MEMBER, "to": MEMBER, "points": POINTS},
    "/topups": {"member": MEMBER, "wallet": st.just("points"), "pay": MONEY},
    "/topups:refund": {"member": MEMBER, "wallet": st.just("points"), "amount": MONEY},
    "/events": {"member": MEMBER, "type": st.just("visit"), "birthday": st.just("2000-02-29"), "other": MEMBER},
    "/bookings/s1:reverse": {"points": POINTS, "reason": st.just("why")},
    "/members:import": {"member": MEMBER, "name": st.just("B"), "wallets": st.just({"points": 1})},
}


@st.composite
def invented(draw: st.DrawFn) -> tuple[str, Any]:
    """A call as it should be, of which some values are absurd, also deep inside."""
    path = draw(st.sampled_from(sorted(STEPS)))
    drawn = {"id": draw(st.sampled_from(["bad", "s1", "x" * 256])), **draw(st.fixed_dictionaries(STEPS[path]))}
    body = deepcopy(drawn)
    for key in draw(st.lists(st.sampled_from(sorted(body)), max_size=3)):
        place: Any = body
        while isinstance(place[key], list | dict) and place[key] and draw(st.booleans()):
            place = place[key]
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        place[key] = deepcopy(draw(ABSURD))
    return path, body


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with opened_api(shared, tmp_path_factory.mktemp("invented")) as api:
        assert api("PUT", "/programme", PROGRAMME.encode()).status_code == 200
        for member in ("ann", "bob"):
            api.ok("POST", "/members:import", {"id": f"import {member}", "member": member, "name": member})
        api.ok("POST", "/purchases", {"id": "s1", "member": "ann", "lines": [{"sku": "tea", "amount": "100"}]})
        yield api


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=max(1000, settings().max_examples))
@given(call=invented())
def test_refusals_are_named_and_change_nothing(shop: Api, call: tuple[str, Any]) -> None:
    path, body = call
    before = counted(shop)
    answer = shop("POST", path, body)
    if answer.status_code >= 400:
        assert answer.status_code < 500, answer.text
        assert answer.get_json()["detail"].endswith(".")
        assert counted(shop) == before
