"""Databases of either kind."""

from tests.databases import engine, sqlite_engine

__all__ = ["engine", "sqlite_engine"]
