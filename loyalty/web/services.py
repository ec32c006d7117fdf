"""What every view may use: the database, the clock and the settings. Kept in `app.extensions["loyalty"]`."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.config import Config


@dataclass(frozen=True)
class Services:
    engine: Engine
    """For `loyalty.db.session.read(engine)` and `write(engine)`."""
    clock: Clock
    config: Config
    console: str = ""
    """SHA-256 of the key that only readers of this server's lock file know: commands on the same machine use it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.clock()


def services(app: Flask | None = None) -> Services:
    """The services of `app`, or of the request in hand."""
    return cast(Services, (app or current_app).extensions["loyalty"])
