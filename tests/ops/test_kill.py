"""A writer killed at any moment: every answered sale is there, none is there twice, and the ledger adds up."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Timer

import pytest
import sqlalchemy as sa

from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.commands import RecordPurchase
from loyalty.db.session import read, write
from loyalty.points.tables import bookings
from tests.shop import OPENED, Shop
from tests.waits import first_line

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("LOYALTY_TEST_KILLS", "4"))
"""How often; 50 and more for a thorough run."""


def answered_until_killed(shop: Shop, start: int, after_s: float) -> list[int]:
    """The numbers that the writer said were booked."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.ops.writer", shop.engine.url.render_as_string(), shop.ann, str(start)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    assert writer.stdout is not None
    told = [first_line(writer)]  # running now
    timer = Timer(after_s, writer.send_signal, [signal.SIGKILL])
    timer.start()
    told += writer.stdout.readlines()
    writer.wait(30)
    writer.stdout.close()
    return [int(line) for line in told if line.endswith("\n")]


@pytest.mark.timeout(600)
def test_no_answered_sale_is_lost_and_none_is_doubled(shop: Shop) -> None:
    random, start, answered = Random(7), 1, set[int]()
    for _ in range(KILLS):
        told = answered_until_killed(shop, start, random.uniform(0.005, 0.06))
        answered |= set(told)
        start = max(told) + 1  # the counter does not know whether this one was booked: it asks again
        command = RecordPurchase(
            f"k{start}", "till", start, OPENED + timedelta(hours=3), member=shop.ann, amount=Decimal("1.00")
        )
        with write(shop.engine) as session:
            record_purchase(session, command, OPENED + timedelta(hours=3), shop.conventions)
        answered.add(start)
        start += 1
    with read(shop.engine) as session:
        booked = {int(id[1:]) for id in session.scalars(sa.select(bookings.c.id).where(bookings.c.verb == "purchase"))}
    assert answered <= booked
    assert shop.balance() == len(booked)
    assert shop.verify().ok
