"""Carries the outbox out while a server is up."""

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
from loyalty.turns import Turns

EVERY_S = 20.0
FOLDER = "messages"


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


class Postman(Turns):
    """Carries the outbox out; between two messages it waits as the mail server's pace asks."""

    def __init__(self, engine: Engine, post: Post, every_s: float = EVERY_S) -> None:
        super().__init__("postman", every_s, self._carry, "messages could not be sent")
        self._engine, self._post = engine, replace(post, pause=self.stopping.wait)

    def _carry(self) -> None:
        deliver(self._engine, self._post)
