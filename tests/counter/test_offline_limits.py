"""How much may be given away without the server: the shop says it, the counter's own settings only make it stricter."""

from dataclasses import replace
from pathlib import Path

import pytest

from loyalty.contract.offline import OfflinePolicy
from loyalty.counter.known import Known
from loyalty.counter.offline_limits import OfflineLimits
from loyalty.counter.settings import CounterSettings
from loyalty.counter.store import Store


@pytest.mark.parametrize(("shop", "own", "comes_to"), [
    ((None, None), (None, None), (0, 14)),
    ((None, None), (150, 3), (150, 3)),
    ((150, 3), (None, None), (150, 3)),
    ((150, 3), (500, 30), (150, 3)),
    ((500, 30), (0, 3), (0, 3)),
])  # fmt: skip
def test_the_stricter_one_holds_also_after_a_restart(
    store: Store, tmp_path: Path, shop: tuple[int | None, ...], own: tuple[int | None, ...], comes_to: tuple[int, int]
) -> None:
    settings = CounterSettings("till-1", tmp_path)
    settings = replace(settings, offline_redeem_points=own[0], offline_days=own[1])
    OfflineLimits(settings, Known(store)).heed(OfflinePolicy(*shop))
    again = OfflineLimits(settings, Known(store))
    assert (again.points, again.days) == comes_to
