"""A PostgreSQL database with all tables and nothing in them, for one test after another: emptying costs a tenth of
making a new one. Each worker has its own; one that a test has rebuilt is not used again.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.postgres_cluster import UPGRADED, connect, database

SHAPE = """
SELECT (SELECT count(*) FROM pg_namespace),
       (SELECT sum(hashtext(concat(c.relname, a.attname, a.atttypid, a.attnotnull))::bigint)
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'public'::regnamespace),
       (SELECT sum(hashtext(concat(tgname, tgenabled))::bigint) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT sum(hashtext(conname::text)::bigint) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT sum(hashtext(prosrc)::bigint) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
"""
KEEP = """
DO $$ DECLARE one regclass; written boolean; BEGIN
    CREATE SCHEMA kept;
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO written;
        IF written THEN EXECUTE format('CREATE TABLE kept.%s AS TABLE %s', one, one); END IF;
    END LOOP;
END $$
"""
"""What the steps of an upgrade have written themselves, its own number among it."""
EMPTY = """
DO $$ DECLARE one regclass; BEGIN
    SET LOCAL session_replication_role = replica;  -- else what was booked could not be taken away
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        IF pg_relation_size(one) > 131072 THEN EXECUTE format('TRUNCATE %s CASCADE', one);
        ELSE EXECUTE format('DELETE FROM %s', one); END IF;
    END LOOP;
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'kept'::regnamespace LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM %s', split_part(one::text, '.', 2), one);
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


class Spare:
    """The worker's database: made when it is wanted first."""

    def __init__(self, cluster_url: str) -> None:
        self._cluster_url = cluster_url
        self._made, self._url, self._shape = ExitStack(), "", None

    def url(self) -> str:
        if not self._url:
            self._url = self._made.enter_context(database(self._cluster_url, UPGRADED))
            with connect(self._url) as connection:
                connection.execute(KEEP)
                self._shape = connection.execute(SHAPE).fetchone()
        return self._url

    def empty(self) -> None:
        """As new for the next test."""
        with connect(self._url) as connection:
            connection.execute(ALONE, [connection.info.backend_pid])
            as_it_was = connection.execute(SHAPE).fetchone() == self._shape
            if as_it_was:
                connection.execute(EMPTY)
        if not as_it_was:
            self.close()

    def close(self) -> None:
        self._made.close()
        self._url = ""


@pytest.fixture(scope="session")
def spare_postgres(postgres_cluster: str) -> Iterator[Spare]:
    spare = Spare(postgres_cluster)
    yield spare
    spare.close()


@pytest.fixture
def ready_postgres(spare_postgres: Spare) -> Iterator[str]:
    """The URL of a database with all tables and nothing in them."""
    yield spare_postgres.url()
    spare_postgres.empty()
