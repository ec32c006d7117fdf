"""The mail server that the shop set on its page: one way out for messages to members and for the portal's codes.

Without one, what stands in loyalty.toml holds; without that, mails become files. The password is kept sealed under the
installation's own key, so that a copy of the database alone opens nobody's mail account.
"""

import base64
import hmac
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.clock import Clock
from loyalty.config import Config
from loyalty.db.session import read
from loyalty.db.shop_settings import all_set, put
from loyalty.messages.gateways import TIMEOUT_S, FileGateway, Gateway, Handed, SmtpGateway
from loyalty.messages.mail import Parcel

SETTING = "mail_server"
TLS, STARTTLS = "tls", "starttls"
"""Encrypted from the first byte; or after the greeting: always with a password, else where it is offered."""
_NONCE_BYTES = 12
_LOST = "The password of the mail server was kept under another installation's key; type it again in Settings."


@dataclass(frozen=True)
class MailServer:
    """Without the password: this is what pages and the audit log may show. `sender`: the address mails come from."""

    host: str
    port: int
    security: str
    user: str
    sender: str


def of_shop(session: Session) -> MailServer | None:
    """As set on the page; None until then, and after it was emptied."""
    found: dict[str, Any] = all_set(session).get(SETTING) or {}
    return MailServer(**{name: found[name] for name in MailServer.__dataclass_fields__}) if found else None


def has_password(session: Session) -> bool:
    """Whether one is kept."""
    return bool((all_set(session).get(SETTING) or {}).get("sealed"))


def of_file(config: Config) -> MailServer | None:
    """As set in loyalty.toml."""
    if not config.smtp:
        return None
    parts = urlsplit(config.smtp)
    security = TLS if parts.scheme == "smtps" else STARTTLS
    port = parts.port or (465 if security == TLS else 25)
    return MailServer(parts.hostname or "", port, security, unquote(parts.username or ""), config.mail_from)


def put_server(session: Session, server: MailServer | None, password: str | None, secret: str, now: datetime) -> None:
    """Keeps it, or forgets all of it; `password` None keeps the one there is. Inside `loyalty.db.session.write`."""
    if server is None:
        return put(session, SETTING, {}, now)
    kept = (all_set(session).get(SETTING) or {}).get("sealed", "")
    sealed = kept if password is None else _sealed(password, secret) if password else ""
    return put(session, SETTING, {**asdict(server), "sealed": sealed if server.user else ""}, now)


@dataclass(frozen=True)
class ShopMail:
    """The way out that holds at this moment: looked up for each mail, so that a change needs no restart."""

    engine: Engine
    config: Config
    secret: str
    clock: Clock
    folder: Path
    """Where mails lie while there is no mail server."""
    timeout_s: float = TIMEOUT_S
    channel: str = "email"

    def hand_over(self, parcel: Parcel) -> Handed:
        try:
            return self._way().hand_over(parcel)
        except InvalidTag:
            return Handed("again", _LOST)

    def _way(self) -> Gateway:
        with read(self.engine) as session:
            server, sealed = of_shop(session), (all_set(session).get(SETTING) or {}).get("sealed", "")
        if server is not None:
            url = _url(server, _opened(sealed, self.secret) if sealed else "")
            return SmtpGateway(url, server.sender, self.clock, self.timeout_s)
        if self.config.smtp:
            return SmtpGateway(self.config.smtp, self.config.mail_from, self.clock, self.timeout_s)
        return FileGateway(self.channel, self.folder, self.clock, self.config.mail_from)


def _url(server: MailServer, password: str) -> str:
    scheme = "smtps" if server.security == TLS else "smtp"
    who = f"{quote(server.user, safe='')}:{quote(password, safe='')}@" if server.user else ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{who}{host}:{server.port}"


def _cipher(secret: str) -> AESGCM:
    return AESGCM(hmac.digest(secret.encode(), b"mail server", "sha256"))


def _sealed(password: str, secret: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(secret).encrypt(nonce, password.encode(), b"password")).decode()


def _opened(sealed: str, secret: str) -> str:
    data = base64.b64decode(sealed)
    return _cipher(secret).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], b"password").decode()
