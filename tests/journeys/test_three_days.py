"""Three days without the server: all of it arrives afterwards, in order, once. The target is a minute: see -s."""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from loyalty.clock import SetClock
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.sale_request import read_sale
from loyalty.counter.settings import CounterSettings
from loyalty.db.session import open_engine, read
from loyalty.ops.verify import verify
from loyalty.points.tables_sale import purchases
from tests.journeys.programs import until
from tests.journeys.torture.chain import RICH, Chain
from tests.journeys.torture.line import Line

HOURS = 72


def never(why: str) -> None:
    """Nobody is killed here."""


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    chain = Chain(tmp_path, (0, 0, 0))
    chain.server.start()
    chain.enrol_all()
    yield chain
    chain.close()


def counter_without_server(chain: Chain, folder: Path, clock: SetClock) -> tuple[Parts, Line]:
    line = Line(chain.port, never, never)
    line.plugged = False
    settings = CounterSettings(
        "till-9", folder, server=line.url, bind="127.0.0.1:0", api_key=chain.counter_key, offline_members=True
    )
    parts = put_together(settings, clock)
    parts.start()
    return parts, line


def replay(chain: Chain, folder: Path, sales: int) -> float:
    """Seconds from the line's coming back until the last answer."""
    clock = SetClock(datetime.now(UTC) - timedelta(hours=HOURS))
    parts, line = counter_without_server(chain, folder, clock)
    try:
        until("the counter misses its server", 20, lambda: parts.watch.state.code == "server_down")
        for number in range(sales):
            clock.forward(timedelta(hours=HOURS) / sales)
            body = {"id": f"n{number}", "amount": "1.00", "member": chain.people[2 + number % 4].id}
            entry, new = parts.selling.sell(read_sale(body, "HKD"))
            assert new and entry.open
        line.plugged, began = True, time.monotonic()
        parts.sender.hurry()
        until("all is told", 300, lambda: parts.watch.state.pending == 0)
        seconds = time.monotonic() - began
        parts.upkeep.once()
        assert parts.snapshots.member(chain.people[0].id) is not None  # whom this counter never met
    finally:
        parts.stop()
        line.close()
    return seconds


def check(chain: Chain, sales: int) -> None:
    engine = open_engine(chain.database_url)
    with read(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(purchases)) == sales
        times = list(session.scalars(sa.select(purchases.c.occurred_at).order_by(purchases.c.number)))
        assert times == sorted(times)
        assert times[-1] - times[0] > timedelta(hours=HOURS - 2 * HOURS / sales)
        assert verify(session).ok
    engine.dispose()
    points = [chain.api("GET", f"/members/{person.id}")[1]["wallets"]["points"] for person in chain.people[2:]]
    assert sum(Decimal(str(each["available"])) - RICH for each in points) == sales


def test_three_days_arrive_once(chain: Chain, tmp_path: Path) -> None:
    replay(chain, tmp_path / "till", 40)
    check(chain, 40)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_five_thousand_sales_of_three_days_arrive_once(chain: Chain, tmp_path: Path) -> None:
    seconds = replay(chain, tmp_path / "till", 5000)
    sys.stdout.write(f"5,000 sales of {HOURS} hours told in {seconds:.1f} s\n")
    check(chain, 5000)
