"""A device in trouble is known at the server; a check asked for there is run here; no sale waits for any of it."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.config import Config
from loyalty.db.fleet_tables import device_errands, device_events, fleet_devices
from loyalty.db.session import open_engine, read, write
from loyalty.web.api import errands
from tests.journeys.programs import until
from tests.journeys.world import World


@pytest.fixture
def books(world: World) -> Iterator[Engine]:
    engine = open_engine(Config(data_dir=world.data_dir).database_url)
    yield engine
    engine.dispose()


def device(books: Engine, id: str) -> Any:
    with read(books) as session:
        return session.execute(sa.select(fleet_devices).where(fleet_devices.c.device == id)).first()


def ask(books: Engine, id: str, verb: str) -> str:
    with write(books) as session:
        return errands.ask(session, "till-1", id, verb, "tech@shop.example", datetime.now(UTC))


def ended(books: Engine, id: str) -> Any:
    with read(books) as session:
        row = session.execute(sa.select(device_errands).where(device_errands.c.id == id)).one()
    return row if row.status in ("done", "failed") else None


@pytest.mark.slow
def test_the_server_knows_who_needs_a_hand_and_asks_for_a_check(world: World, books: Engine) -> None:
    until("the counter to tell of its devices", 30, lambda: device(books, "receipts"))
    world.gadgets["receipts"].fault("paper_end")
    jammed = until("the trouble to be known", 30, lambda: (row := device(books, "receipts")).cause and row)
    assert (jammed.cause, jammed.simulated, jammed.model != "") == ("out_of_paper", True, True)
    world.gadgets["receipts"].mend()
    until("it to be well again", 30, lambda: device(books, "receipts").health == "ready")
    with read(books) as session:
        of_paper = sa.select(device_events.c.cause).where(device_events.c.device == "receipts")
        assert "out_of_paper" in set(session.scalars(of_paper))
    check, asked = ask(books, "scanner", "check"), ask(books, "scanner", "bundle")
    done = until("the check to end", 90, lambda: ended(books, check))
    assert (done.status, done.progress["held"], done.progress["trouble"]) == ("done", True, "")
    assert {step["result"] for step in done.progress["steps"]} <= {"held", "skipped"}
    packed = until("the bundle to come", 30, lambda: ended(books, asked))
    with zipfile.ZipFile(io.BytesIO(packed.file)) as bundle:
        assert {"settings.json", "trace.jsonl", "check.txt"} <= set(bundle.namelist())
        settings = bundle.read("settings.json").decode()
        assert '"api_key": "(hidden)"' in settings and '"staff"' not in settings
    assert set(device(books, "cards").figures) == {"prints", "transports"}


@pytest.mark.slow
def test_what_happens_while_the_server_is_away_is_told_later(world: World, books: Engine) -> None:
    until("the counter to tell of its devices", 30, lambda: device(books, "receipts"))
    world.tap(world.people[0])
    world.cable.cut()
    world.gadgets["receipts"].fault("paper_end")
    world.device_says("receipts", "out_of_paper")
    assert world.sell("12.00", id="cut")[0] in (200, 201, 202)
    world.cable.mend()
    until("the trouble to be known", 90, lambda: device(books, "receipts").cause == "out_of_paper")
