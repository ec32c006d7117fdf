"""Carries the outbox out while a server is up: a thread of its own, so that a slow mail server delays nothing else."""

import logging
import threading
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.clock import Clock
from loyalty.config import Config
from loyalty.db.shop_settings import all_set
from loyalty.messages.gateways import FileGateway, Gateway
from loyalty.messages.mail_server import ShopMail
from loyalty.messages.sender import Post, deliver
from loyalty.messages.unsubscribe import Links
from loyalty.points.sql_facts import SqlFacts

EVERY_S = 20.0
FOLDER = "messages"
_log = logging.getLogger(__name__)


def post_of(engine: Engine, config: Config, secret: str, clock: Clock) -> Post:
    """Mails by the mail server of the shop or, without one, into files as texts do."""
    folder = config.data_dir / FOLDER
    links = Links(config.public_url.rstrip("/"), secret)
    mail: Gateway = ShopMail(engine, config, secret, clock, folder)
    gateways = {"email": mail, "sms": FileGateway("sms", folder, clock)}
    return Post(gateways, links, lambda session: shop_name(session, clock), clock, lambda _seconds: False)


def shop_name(session: Session, clock: Clock) -> str:
    """What the shop calls itself, to sign messages with."""
    named = all_set(session).get("shop_name")
    version = SqlFacts(session).version(clock())
    return str(named or (version.programme.name if version else "") or "loyalty")


class Postman:
    """Runs from start() to stop(). A failure is logged, and the next turn tries again."""

    def __init__(self, engine: Engine, post: Post, every_s: float = EVERY_S) -> None:
        self._engine, self._every_s, self._stop = engine, every_s, threading.Event()
        self._post = replace(post, pause=self._stop.wait)
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the message in hand has left, at most after some seconds."""
        self._stop.set()
        self._thread.join(10)

    def __enter__(self) -> "Postman":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                deliver(self._engine, self._post)
            except Exception:  # noqa: BLE001 - the next turn may fare better; the server must go on selling
                _log.exception("messages could not be sent")
