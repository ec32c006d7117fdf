"""Who is at the phone: before every page of the portal, and closed to all that is not named as open."""

from typing import cast

from flask import Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from loyalty.db.session import write
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES
from loyalty.web.portal.sessions import COOKIE, LIFE, Phone, open_session, phone_of
from loyalty.web.portal.switch import is_on
from loyalty.web.services import services

OPEN = frozenset({"sign_in", "send", "code", "prove", "join", "join_send", "with_number", "manifest", "claim"})
"""Views of the portal that are answered without being signed in. Each of them shows nothing about members."""
PATH = "/me"
CLAIM = "portal_claim"
"""In the browser's session: the code of a receipt to go on with after signing in."""
BROUGHT_BY = "portal_by"
"""In the browser's session: the code of the member's link by which somebody came."""


def guard() -> ResponseReturnValue | None:
    """Before every request of the portal."""
    if not is_on(reading()):
        abort(404)
    g.phone = phone_of(reading(), request.cookies.get(COOKIE, ""), services().now())
    if g.phone is not None:
        speak_as(g.phone.member.language)
        return None
    if (request.endpoint or "").rpartition(".")[2] in OPEN:
        return None
    return redirect(url_for("portal.sign_in"), code=303)


def phone() -> Phone:
    """The phone of this request; only behind the guard."""
    return cast(Phone, g.phone)


def signed_in() -> bool:
    return g.get("phone") is not None


def speak_as(language: str, anew: bool = False) -> None:
    """The member's own language, unless another was chosen in this browser."""
    wish = language.replace("-", "_")
    if wish in LANGUAGES and (anew or "language" not in session):
        session["language"] = wish


def let_in(member: str, answer: Response) -> Response:
    """Puts the cookie of a new session into `answer`."""
    lent = services()
    with write(lent.engine) as writing:
        token = open_session(writing, member, lent.now())
    answer.set_cookie(
        COOKIE, token, max_age=LIFE, path=PATH, httponly=True, samesite="Lax", secure=lent.config.https,
    )  # fmt: skip
    return answer


def secret() -> str:
    """The installation's key, from which codes and passes are made."""
    return str(current_app.config["SECRET_KEY"])
