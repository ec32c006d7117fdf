"""Fixtures for all tests of campaigns: a fresh database."""

from tests.databases import sqlite_engine

__all__ = ["sqlite_engine"]
