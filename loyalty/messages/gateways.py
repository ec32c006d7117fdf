"""Ways out of the house, by channel: SMTP for e-mail, files for a trial run or a provider's own program.

A gateway for a provider of text messages is a class with `channel` and `hand_over`; nothing else needs to know it.
"""

import json
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from loyalty.clock import Clock
from loyalty.errors import ConfigError, Invalid
from loyalty.messages.mail import Parcel, mail_of

TIMEOUT_S = 20.0
Fate = Literal["sent", "again", "bounced", "failed", "unsure"]


@dataclass(frozen=True)
class Handed:
    """What came of handing a message over. again: worth another try; bounced: the address is gone for good; failed:
    this message will never go; unsure: it was on the wire when the line broke, and may have arrived.
    """

    fate: Fate
    said: str = ""


class Gateway(Protocol):
    """One way out. `hand_over` never raises for what can happen on a line; it says what came of it."""

    @property
    def channel(self) -> str: ...

    def hand_over(self, parcel: Parcel) -> Handed: ...


@dataclass(frozen=True)
class FileGateway:
    """Writes each message into a file of its own in `folder`: mails as .eml, all else as .json."""

    channel: str
    folder: Path
    clock: Clock
    sender: str = "shop@localhost.localdomain"

    def hand_over(self, parcel: Parcel) -> Handed:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            if self.channel == "email":
                content = bytes(mail_of(parcel, self.sender, self.clock()))
                (self.folder / f"{parcel.id}.eml").write_bytes(content)
            else:
                text = json.dumps(asdict(parcel), ensure_ascii=False, indent=1)
                (self.folder / f"{parcel.id}.json").write_text(text, encoding="utf-8")
        except Invalid as fault:
            return Handed("bounced", str(fault))
        except OSError as fault:
            return Handed("again", f"The file cannot be written ({fault}).")
        return Handed("sent")


@dataclass(frozen=True)
class SmtpGateway:
    """A mail server. `url`: smtp://user:password@host:587 (STARTTLS where offered, and always with a password),
    smtps://host:465.
    """

    url: str = field(repr=False)  # with the password
    sender: str
    clock: Callable[[], datetime]
    timeout_s: float = TIMEOUT_S
    channel: str = "email"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigError("The setting 'smtp' is no mail server; write smtp://user:password@host:587.")

    def hand_over(self, parcel: Parcel) -> Handed:
        try:
            mail = mail_of(parcel, self.sender, self.clock())
        except Invalid as fault:
            return Handed("bounced", str(fault))
        try:
            line = self._line()
        except (OSError, smtplib.SMTPException) as fault:
            return Handed("again", f"The mail server does not answer ({fault}).")
        try:
            return _hand(line, mail, parcel.address)
        finally:
            line.close()

    def _line(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            line: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=self.timeout_s, context=secure)
        else:
            line = smtplib.SMTP(host, parts.port or 25, timeout=self.timeout_s)
        try:
            line.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp" and (parts.username or line.has_extn("starttls")):
                line.starttls(context=secure)
                line.ehlo()
            if parts.username:
                line.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            line.close()
            raise
        return line


def _hand(line: smtplib.SMTP, mail: EmailMessage, address: str) -> Handed:
    """Step by step and not by `send_message`: what a broken line means depends on how far it had come."""
    try:
        code, said = line.mail(mail["From"].addresses[0].addr_spec)
        if code < 400:
            code, said = line.rcpt(address)
            if code >= 500:
                return Handed("bounced", _said(code, said))
        if code >= 400:
            return Handed("again" if code < 500 else "failed", _said(code, said))
    except (OSError, smtplib.SMTPException) as fault:
        return Handed("again", f"The line to the mail server broke ({fault}).")
    try:
        code, said = line.data(bytes(mail))
    except smtplib.SMTPDataError as refused:  # before a byte of the mail was sent
        return Handed("again" if refused.smtp_code < 500 else "failed", _said(refused.smtp_code, refused.smtp_error))
    except (OSError, smtplib.SMTPException) as fault:
        return Handed("unsure", f"The line broke while the mail was on it ({fault}).")
    if code >= 400:
        return Handed("again" if code < 500 else "failed", _said(code, said))
    return Handed("sent", _said(code, said))


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"[:400]
