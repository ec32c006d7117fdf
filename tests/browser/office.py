"""Fixtures of the back office in a browser: Harbour Club behind a real HTTP server, and people who are logged in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from werkzeug.serving import make_server

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import open_engine
from tests.browser.screens import browser_of_this_machine
from tests.neighbours import standing
from tests.web.harbour import NOW, Harbour, copied
from tests.web.quick_start import known_session, open_app

__all__ = ["browser", "office", "person"]

DESK, PHONE = (1280, 800), (390, 844)


@dataclass(frozen=True)
class Office:
    """`url` without a slash at its end."""

    url: str
    harbour: Harbour
    app: Flask


@pytest.fixture(scope="module")
def browser() -> Browser:
    """One for a row of files; every person and every screen has a context of its own in it."""
    found: Browser = standing.get("browser", browser_of_this_machine)
    return found


@pytest.fixture
def office(tmp_path: Path, shared: Path) -> Iterator[Office]:
    harbour = copied(shared, tmp_path)
    config = Config(data_dir=tmp_path)
    engine = open_engine(config.database_url)
    app = open_app(shared, config, engine=engine, clock=SetClock(NOW))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", harbour, app)
    server.shutdown()
    thread.join(10)
    engine.dispose()


Enter = Callable[..., Page]


@pytest.fixture
def person(browser: Browser, office: Office, shared: Path) -> Iterator[Enter]:
    """Somebody of the staff at their screen: `person("cashier", locale="zh-HK")`. Errors of scripts fail the test."""
    wrong: list[str] = []
    with ExitStack() as contexts:

        def enter(
            role: str = "administrator", locale: str = "en-GB", size: tuple[int, int] = DESK, scheme: str = "light"
        ) -> Page:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale=locale, color_scheme=scheme,
                base_url=office.url, reduced_motion="reduce",
            )  # fmt: skip
            contexts.callback(context.close)
            session = known_session(shared, office.app, role)
            context.add_cookies([{"name": session.name, "value": session.value, "url": office.url, "httpOnly": True}])
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
            page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if _is_fault(said) else None)
            page.on("response", lambda answer: wrong.append(_failure(answer)) if answer.status >= 500 else None)
            page.goto("/")
            return page

        yield enter
    assert wrong == []


def _is_fault(said: ConsoleMessage) -> bool:
    """Refusals (404, 422) are part of a story and stand in the console too."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _failure(answer: Response) -> str:
    return f"{answer.status} {answer.url}"
