"""The torture journey: whatever breaks, the ledger is the set of sales, once each, and nothing stays held."""

import sys
from pathlib import Path

import pytest

from tests.journeys.torture.story import EVERY_STEP, Ran, torture


def tell(ran: Ran) -> None:
    """The figures, for whoever asked for them with -s."""
    sys.stdout.write(f"{ran}\n")


@pytest.mark.timeout(600)  # a dozen processes one after the other, and machines are busy
def test_whatever_breaks_the_ledger_is_the_set_of_sales(tmp_path: Path) -> None:
    assert torture(tmp_path, seed=1, sales=8).figures["promised"] > 12


@pytest.mark.slow
@pytest.mark.timeout(900)  # ten seconds of work each, and machines are busy
@pytest.mark.parametrize("seed", range(2, 22))
def test_twenty_schedules_of_trouble(tmp_path: Path, seed: int) -> None:
    tell(torture(tmp_path, seed=seed, sales=20, trouble=0.5))


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_ten_thousand_sales_through_every_failure(tmp_path: Path) -> None:
    ran = torture(tmp_path, seed=100, sales=3334, trouble=0.04)
    tell(ran)
    assert not [step for step in EVERY_STEP if not ran.kills[step]], "nobody was ever killed there"
