"""Databases for the tests of this room."""

from tests.databases import engine, fresh_postgres, postgres_cluster, sqlite_engine

__all__ = ["engine", "fresh_postgres", "postgres_cluster", "sqlite_engine"]
