"""Fixtures for all tests of messages: a fresh database, and a mail server that other people wrote."""

from collections.abc import Iterator

import pytest

from tests.databases import engine, sqlite_engine
from tests.messages.post_office import MailServer

__all__ = ["engine", "sqlite_engine"]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()
