"""The worker's PostgreSQL database is as new for each test, whatever the one before did to it."""

import pytest

from tests.postgres_cluster import connect
from tests.spare_postgres import Spare

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_it_is_emptied_and_one_that_was_rebuilt_is_not_used_again(postgres_cluster: str) -> None:
    spare = Spare(postgres_cluster)
    first = spare.url()
    with connect(first) as connection:
        connection.execute("INSERT INTO roles (id, name) VALUES (7, 'cashier')")
        seeded = connection.execute("SELECT * FROM counts").fetchall()
        connection.execute("UPDATE counts SET value = value + 5")
    spare.empty()
    assert spare.url() == first
    with connect(first) as connection:
        assert connection.execute("SELECT count(*) FROM roles").fetchone() == (0,)
        assert connection.execute("SELECT * FROM counts").fetchall() == seeded != []
        connection.execute("ALTER TABLE roles DROP COLUMN name CASCADE")
    spare.empty()
    assert spare.url() != first
    spare.close()
