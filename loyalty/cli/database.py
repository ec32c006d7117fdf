"""How commands reach the database: the settings, the engine, and with SQLite the running server or its lock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import click
from sqlalchemy import Engine

from loyalty.config import Config, load
from loyalty.db.session import open_engine
from loyalty.db.single import InstanceLock, holder_of
from loyalty.db.upgrade import upgrade
from loyalty.errors import ConfigError, LoyaltyError

config_option = click.option(
    "--config", "config_file", type=click.Path(path_type=Path, dir_okay=False), help="Settings file (loyalty.toml)."
)
data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the data lies."
)
database_option = click.option("--database", help="SQLAlchemy URL; default: a SQLite file in the data directory.")


@contextmanager
def own_database(config: Config, program: str) -> Iterator[Engine]:
    """The database, up to date, for this process alone when it is SQLite."""
    engine = open_engine(config.database_url)
    try:
        if config.uses_sqlite:
            with InstanceLock(config.data_dir, program):
                upgrade(engine)
                yield engine
        else:
            upgrade(engine)
            yield engine
    finally:
        engine.dispose()


def ask_server(config: Config, path: str, body: Any = None, method: str = "POST") -> Any:
    """The answer of the running server to a call; None when no server runs on this data directory.

    `body` is sent as JSON, text as it is. Numbers of the answer with a point are Decimals.
    """
    holder = holder_of(config.data_dir) if config.uses_sqlite else None
    if not holder or "url" not in holder:
        return None
    data = body if isinstance(body, str) else json.dumps(body)
    request = Request(
        f"{holder['url']}/api/v1{path}",
        data=None if method == "GET" else data.encode(),
        method=method,
        headers={"Authorization": f"Bearer {holder['key']}", "Content-Type": "application/json"},
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=600) as answer:
            return json.load(answer, parse_float=Decimal)
    except HTTPError as error:
        raise LoyaltyError(_detail(error)) from error
    except URLError as error:
        raise ConfigError(
            f"The server with pid {holder.get('pid')} does not answer at {holder['url']} ({error.reason});"
            " wait until it is ready or stop it."
        ) from error


def _detail(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {error.code}; its log says more."


def settings(config_file: Path | None, **options: Any) -> Config:
    """As `loyalty.config.load`; options that are None count as not given."""
    return load(config_file, **options)
