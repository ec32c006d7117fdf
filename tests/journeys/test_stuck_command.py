"""A sale on which the server itself fails: the others are booked, it follows when the server can, in its order."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.databases import NAME
from tests.journeys.programs import until
from tests.journeys.world import World

BREAK = """CREATE TRIGGER broken BEFORE INSERT ON purchases WHEN NEW.id LIKE '%-stuck'
 BEGIN SELECT RAISE(ABORT, 'broken'); END"""


def asked(world: World, statement: str) -> list[Any]:
    with closing(sqlite3.connect(world.data_dir / NAME, timeout=20)) as database, database:
        return database.execute(statement).fetchall()


@pytest.mark.slow
def test_one_sale_that_the_server_fails_on_holds_up_nobody_else(world: World) -> None:
    chan, peter, _ = world.people
    gaps = "SELECT count(*) FROM staff_work WHERE kind = 'sequence_gap'"
    before = asked(world, gaps)
    asked(world, BREAK)
    try:
        world.cable.cut()
        sales = ((chan, "stuck", "10"), (peter, "p-1", "5"), (chan, "c-2", "20"), (peter, "p-2", "6"))
        for person, id, amount in sales:
            assert world.sell(amount, id, member=person.id)[0] == 202
        world.cable.mend()
        until("the others to be booked", 30, lambda: world.state()["pending"] == 2)
        assert (world.balance(peter), world.balance(chan)) == (11, 0)
        assert world.state()["online"]
    finally:
        asked(world, "DROP TRIGGER broken")
    world.all_sent(60)
    assert (world.balance(peter), world.balance(chan)) == (11, 30)
    booked = asked(world, f"SELECT id FROM bookings WHERE member = '{chan.id}' AND verb = 'purchase' ORDER BY number")
    assert [id.rpartition(f"{world.story}-")[2] for (id,) in booked] == ["stuck", "c-2"]
    assert asked(world, gaps) == before
