"""The database answers as memory does: every scenario through SQL, and afterwards the whole ledger adds up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.base import Base
from loyalty.db.session import open_engine, write
from loyalty.members.figure_tables import member_figures, member_totals
from loyalty.ops.verify import verify
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import forget_programmes
from loyalty.points.tables import counts
from loyalty.scenarios.reader import Scenario
from loyalty.scenarios.runner import run
from loyalty.scenarios.sql_backend import SqlBackend
from tests.databases import new_sqlite
from tests.scenario_files import FILES, scenarios_of
from tests.shop import OPENED
from tests.spare_postgres import Spare

EVERY_SQLITE, EVERY_POSTGRESQL = 4, 20
"""Of each file, by default; all of them run through the engine's memory each time."""


def empty(engine: Engine) -> None:
    """Faster than a new database for each of hundreds of scenarios: all rows go, by leave of the triggers' owner."""
    forget_programmes()
    with write(engine) as session:
        connection = session.connection()
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            triggers = []
        else:
            triggers = session.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for trigger in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
        for table in (*reversed(Base.metadata.sorted_tables), member_figures, member_totals):
            if table.name != "counts":
                session.execute(sa.delete(table))
        for trigger in triggers:
            connection.exec_driver_sql(trigger.sql)
        session.execute(sa.update(counts).where(counts.c.name == "numbers").values(value=1))
        session.execute(sa.update(counts).where(counts.c.name == "vouchers").values(value=0))


def run_and_verify(scenario: Scenario, engine: Engine) -> list[str]:
    empty(engine)
    outcome = run(scenario, SqlBackend(engine))
    wrong = [] if outcome.passed else [f"{outcome}"]
    with write(engine) as session:
        return wrong + [f"{scenario.name}: {problem}" for problem in verify(session).problems]


@pytest.fixture(scope="module")
def sqlite(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = new_sqlite(shared, tmp_path_factory.mktemp("scenarios"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgresql(spare_postgres: Spare) -> Iterator[Engine]:
    engine = open_engine(spare_postgres.url())
    yield engine
    engine.dispose()
    spare_postgres.empty()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_some_of_every_file_on_sqlite(file: Path, sqlite: Engine) -> None:
    some = scenarios_of(file)[::EVERY_SQLITE]
    assert [wrong for scenario in some for wrong in run_and_verify(scenario, sqlite)] == []


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_all_scenarios_on_sqlite(file: Path, sqlite: Engine) -> None:
    assert [wrong for scenario in scenarios_of(file) for wrong in run_and_verify(scenario, sqlite)] == []


@pytest.mark.postgres
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_some_of_every_file_on_postgresql(file: Path, postgresql: Engine) -> None:
    some = scenarios_of(file)[::EVERY_POSTGRESQL]
    assert [wrong for scenario in some for wrong in run_and_verify(scenario, postgresql)] == []


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_all_scenarios_on_postgresql(file: Path, postgresql: Engine) -> None:
    assert [wrong for scenario in scenarios_of(file) for wrong in run_and_verify(scenario, postgresql)] == []


def test_two_databases_with_versions_alike_keep_programmes_of_their_own(shared: Path, tmp_path: Path) -> None:
    gifts = []
    for gift in (1, 2):
        (tmp_path / str(gift)).mkdir()
        engine = new_sqlite(shared, tmp_path / str(gift))
        with write(engine) as session:
            ledger = Ledger(session)
            ledger.put_programme({"wallets": {"points": {}}, "earn": [{"name": "a", "fixed": gift}]}, OPENED)
            ledger.enrol(Enrolment("ann"), OPENED)
            gifts.append(ledger.perform("purchase", {"id": "A", "member": "ann", "amount": 5}, OPENED).result["earned"])
        engine.dispose()
    assert gifts == [{"points": 1}, {"points": 2}]
