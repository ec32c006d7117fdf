"""A shop with half a year of sales, built once for all tests; every test works on a copy of its own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import open_engine
from tests.web.harbour import NOW, PASSWORD, Harbour, copied
from tests.web.quick_start import known_session, open_app


@dataclass
class Shop:
    """The shop of one test."""

    app: Flask
    engine: Engine
    harbour: Harbour
    clock: SetClock


@pytest.fixture
def shop(tmp_path: Path, shared: Path) -> Iterator[Shop]:
    harbour = copied(shared, tmp_path)
    config, clock = Config(data_dir=tmp_path), SetClock(NOW)
    engine = open_engine(config.database_url)
    yield Shop(open_app(shared, config, engine=engine, clock=clock, testing=True), engine, harbour, clock)
    engine.dispose()


class Visitor:
    """A browser without scripts: keeps cookies, sends the token that stands in the last form."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, address: str, **rest: object) -> TestResponse:
        answer = self.client.get(address, **rest)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.token = found.group(1)
        return answer

    def part(self, address: str) -> TestResponse:
        """As htmx asks: for a part of a page."""
        return self.client.get(address, headers={"HX-Request": "true"})

    def post(self, address: str, **fields: str) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **fields})

    def log_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        self.get("/login")
        return self.post("/login", email=email, password=password)


@pytest.fixture
def visitor(shop: Shop) -> Visitor:
    return Visitor(shop.app.test_client())


@pytest.fixture
def staff(shop: Shop, shared: Path) -> Callable[[str], Visitor]:
    """Somebody of the staff, logged in: `staff("cashier")`."""

    def enter(role: str) -> Visitor:
        person = Visitor(shop.app.test_client())
        session = known_session(shared, shop.app, role)
        person.client.set_cookie(session.name, session.value)
        person.token = session.token
        return person

    return enter


@pytest.fixture
def admin(staff: Callable[[str], Visitor]) -> Visitor:
    return staff("administrator")
