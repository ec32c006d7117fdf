"""Leaving without a log-in: mail programs press for their reader (RFC 8058), and a person presses a button."""

from flask import Blueprint, render_template

from loyalty.db import audit
from loyalty.db.session import write
from loyalty.messages.unsubscribe import Links, unsubscribe
from loyalty.web.secret import secret_key
from loyalty.web.services import services

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


@blueprint.get("/<token>")
def page(token: str) -> str:
    """Asks; opening the link alone changes nothing, because scanners of mail open every link."""
    _links().message_of(token)
    return render_template("unsubscribe.html", token=token, done=False)


@blueprint.post("/<token>")
def leave(token: str) -> str:
    """Does it, as often as it is asked for."""
    message, now = _links().message_of(token), services().now()
    with write(services().engine) as session:
        member, channel = unsubscribe(session, message, now)
        after = {"channel": channel, "given": False}
        audit.note(session, f"message:{message}", "member.unsubscribe", f"member:{member}", now, after=after)
    return render_template("unsubscribe.html", token=token, done=True)


def _links() -> Links:
    config = services().config
    return Links(config.public_url.rstrip("/"), secret_key(config.data_dir))
