"""The mail server by which messages and the portal's codes leave: set, tried and emptied on one page."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.ids import new_id
from loyalty.messages.gateways import Handed
from loyalty.messages.mail import Parcel
from loyalty.messages.mail_server import STARTTLS, TLS, MailServer, ShopMail, has_password, of_file, of_shop, put_server
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.i18n import select_language, tag
from loyalty.web.notices import say
from loyalty.web.portal.mail import mail_folder
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("settings_mail", __name__, url_prefix="/settings/mail")

FIELDS = ("host", "port", "security", "user", "sender")
_HOST = re.compile(r"[A-Za-z0-9.\-:]{1,253}\Z")
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}"
_SENDER = re.compile(rf"({_ADDRESS}|[^<>@\"\\\x00-\x1f]{{1,80}} <{_ADDRESS}>)\Z")
"""An address, or `Harbour Club <club@example.com>`."""
TRY_TIMEOUT_S = 8.0
"""Somebody waits in front of the page."""
Page = str | Response | tuple[str, int]


@blueprint.get("")
@allows("settings.manage", fresh=True)
def page() -> Page:
    return _page(_stands())


@blueprint.post("")
@allows("settings.manage", fresh=True)
def save() -> Page:
    """All of it at once, or nothing; a field left empty keeps the password, no server forgets it."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    password = request.form.get("password", "")
    both = crossed(request.form, _stands(), typed)
    if both is not None:
        show_crossing(both, _labels())
        return _page(both.values), 412
    wrong = _faults(typed, password) if typed["host"] else {}
    if wrong:
        return _page(typed, wrong), 422
    with write(services().engine) as session:
        before = of_shop(session)
        same_account = before is not None and (before.host, before.user) == (typed["host"], typed["user"])
        server = MailServer(**{**typed, "port": int(typed["port"])}) if typed["host"] else None  # type: ignore[arg-type]
        put_server(session, server, None if same_account and not password else password, _secret(), services().now())
        tell(session, "settings.mail", "settings:mail", before=asdict(before) if before else {},
             after={**(asdict(server) if server else {}), **({"password": "new"} if password else {})})  # fmt: skip
    saved = _("The mail server is saved. Send yourself a test mail now.")
    say(saved if server else _("No mail server is set any more."))
    return redirect(url_for("settings_mail.page"), code=303)


@blueprint.post("/try")
@allows("settings.manage", fresh=True)
def try_out() -> Page:
    """One mail to the person's own log-in address; what the server said stands on the page."""
    lent, language = services(), tag(select_language())
    parcel = Parcel(
        id=new_id("try", lent.now()), address=current_user.email, name="", language=language, shop=shop().name,
        subject=_("Test mail of %(shop)s", shop=shop().name), body=_("The mail server works: this mail came by it."),
    )  # fmt: skip
    folder = mail_folder(lent.config.data_dir)
    handed = ShopMail(lent.engine, lent.config, _secret(), lent.clock, folder, TRY_TIMEOUT_S).hand_over(parcel)
    with write(lent.engine) as session:
        tell(session, "settings.mail_try", "settings:mail", after={"fate": handed.fate})
    server = of_shop(reading())
    return _page(asdict(server) if server else {}, tried=handed), 200 if handed.fate == "sent" else 422


def _faults(typed: Mapping[str, str], password: str) -> dict[str, str]:
    wrong = {}
    if not _HOST.match(typed["host"]):
        wrong["host"] = _("Write the server's name only, such as smtp.example.com.")
    if not (typed["port"].isascii() and typed["port"].isdigit() and 0 < int(typed["port"]) < 65536):
        wrong["port"] = _("A port is a number from 1 to 65535; most servers have 587 or 465.")
    if typed["security"] not in (TLS, STARTTLS):
        wrong["security"] = _("Choose one of the two.")
    if not _SENDER.match(typed["sender"]):
        wrong["sender"] = _("This is no e-mail address; write it as name@example.com.")
    if len(typed["user"]) > 254 or not typed["user"].isprintable():
        wrong["user"] = _("Use at most 254 characters that can be printed.")
    if len(password) > 500 or "\x00" in password:
        wrong["password"] = _("This password is too long.")
    return wrong


def _page(values: Mapping[str, Any], wrong: Mapping[str, str] | None = None, tried: Handed | None = None) -> str:
    wrong_at(wrong or {})
    return render_template(
        "settings_mail.html", was=as_seen(_stands()), values=values, wrong=wrong or {}, tried=tried,
        saved=of_shop(reading()),
        has_password=has_password(reading()), file=of_file(services().config), tls=TLS, starttls=STARTTLS,
        folder=mail_folder(services().config.data_dir),
    )  # fmt: skip


def _stands() -> dict[str, Any]:
    """The form as it would be opened now."""
    server = of_shop(reading())
    held = asdict(server) if server else {"port": 587, "security": STARTTLS}
    return {name: held.get(name, "") for name in FIELDS}


def _labels() -> dict[str, str]:
    return {
        "host": _("Name of the server"), "port": _("Port"), "security": _("Encryption"), "user": _("User name"),
        "sender": _("Address that mails come from"),
    }  # fmt: skip


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
