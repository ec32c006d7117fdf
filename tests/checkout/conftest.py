"""Databases and a shop for the tests of this room."""

from tests.databases import engine, fresh_postgres, postgres_cluster, sqlite_engine
from tests.shop import shop

__all__ = ["engine", "fresh_postgres", "postgres_cluster", "shop", "sqlite_engine"]
