"""Databases and a shop for the tests of this room."""

from tests.databases import engine, sqlite_engine
from tests.shop import shop

__all__ = ["engine", "shop", "sqlite_engine"]
