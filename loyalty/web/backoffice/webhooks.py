"""Programs elsewhere that are told what happens: added, tried, stopped, and what each of them answered."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.ids import new_id
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.webhooks_words import state_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.secret import secret_key
from loyalty.web.services import services
from loyalty.web.texts import _
from loyalty.web.wrong_fields import refused_at
from loyalty.webhooks import endpoints as book
from loyalty.webhooks.deliver import resend, try_out
from loyalty.webhooks.happenings import TYPES
from loyalty.webhooks.tables import deliveries

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

SHOWN = 50


@blueprint.get("")
@allows("keys.manage", fresh=True)
def index() -> str:
    return _list()


@blueprint.post("")
@allows("keys.manage", fresh=True)
def add() -> str | tuple[str, int]:
    """A new endpoint; its secret is on this answer and nowhere else."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip() for name in ("url", "name")}
    types = tuple(request.form.getlist("types"))
    key, inside = secret_key(services().config.data_dir), services().config.webhooks_inside
    try:
        with write(services().engine) as session:
            made = book.add(session, typed["url"], types, typed["name"][:120], key, inside, services().now())
            secret = book.secrets_of(session, made.id, key, services().now())[0]
            told = {"url": made.url, "types": list(made.types), "name": made.name}
            tell(session, "webhook.create", f"webhook:{made.id}", after=told)
    except LoyaltyError as fault:
        refused_at(fault, {}, "url")
        return _list(typed, types), 422
    return _page(made.id, secret)


@blueprint.get("/<id>")
@allows("keys.manage", fresh=True)
def page(id: str) -> str:
    """One endpoint, and the last messages to it with what came of each."""
    return _page(id)


@blueprint.post("/<id>/rotate")
@allows("keys.manage", fresh=True)
def rotate(id: str) -> str:
    """A new secret, shown once; for a day messages carry the signature of the former one too."""
    key = secret_key(services().config.data_dir)
    with write(services().engine) as session:
        book.rotate(session, id, key, services().now())
        secret = book.secrets_of(session, id, key, services().now())[0]
        tell(session, "webhook.rotate", f"webhook:{id}")
    return _page(id, secret)


@blueprint.post("/<id>/test")
@allows("keys.manage", fresh=True)
def test(id: str) -> Response:
    return _change(id, "webhook.test", _try, _("A test message is on its way; look at its answer in a moment."))


@blueprint.post("/<id>/stop")
@allows("keys.manage", fresh=True)
def stop(id: str) -> Response:
    return _change(id, "webhook.stop", _stop, _("Nothing more is sent there."), "webhooks.resume")


@blueprint.post("/<id>/resume")
@allows("keys.manage", fresh=True)
def resume(id: str) -> Response:
    """What happened meanwhile is sent too."""
    return _change(id, "webhook.resume", book.resume, _("Messages are sent again; those of the meantime too."))


@blueprint.post("/<id>/drop")
@allows("keys.manage", fresh=True)
def drop(id: str) -> Response:
    """It is told nothing more, and its secret is gone."""
    with write(services().engine) as session:
        gone = book.drop(session, id)
        tell(session, "webhook.drop", f"webhook:{id}", before={"url": gone.url, "name": gone.name})
    say(_("The endpoint is taken away; it is told nothing more."))
    return redirect(url_for("webhooks.index"), code=303)


@blueprint.post("/<id>/messages/<message>/resend")
@allows("keys.manage", fresh=True)
def again(id: str, message: str) -> Response:
    said = _("The message is sent once more.")
    return _change(id, "webhook.resend", lambda session, _id: resend(session, message, services().now()), said)


def _change(id: str, action: str, change: Callable[[Session, str], Any], words: str, undo: str = "") -> Response:
    with write(services().engine) as session:
        book.get(session, id)
        change(session, id)
        tell(session, action, f"webhook:{id}")
    say(words, undo=url_for(undo, id=id) if undo else "")
    return redirect(url_for("webhooks.page", id=id), code=303)


def _try(session: Session, id: str) -> None:
    now = services().now()
    try_out(session, id, new_id("evt", now), now)


def _stop(session: Session, id: str) -> None:
    book.stop(session, id, "stopped by hand")


def _list(typed: dict[str, str] | None = None, types: tuple[str, ...] = ()) -> str:
    return render_template("webhooks.html", endpoints=book.every(reading()), typed=typed or {}, chosen=types,
                           types=TYPES)  # fmt: skip


def _page(id: str, once: str = "") -> str:
    d = deliveries.c
    order = sa.select(deliveries).where(d.endpoint == id).order_by(d.made_at.desc(), d.id.desc()).limit(SHOWN)
    endpoint = book.get(reading(), id)
    return render_template("webhook.html", endpoint=endpoint, sent=reading().execute(order).all(), once=once,
                           both_hours=int(book.BOTH_GOOD.total_seconds() // 3600), state_word=state_word)  # fmt: skip
