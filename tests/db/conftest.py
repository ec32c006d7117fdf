"""Databases for the tests of this room."""

from tests.databases import engine, sqlite_engine

__all__ = ["engine", "sqlite_engine"]
