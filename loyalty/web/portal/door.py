"""Signing in and joining. Whether somebody is a member is told to nobody who cannot read that person's mail."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from loyalty.db import audit
from loyalty.db.session import write
from loyalty.members.names import without_controls
from loyalty.members.referrals import LONGEST
from loyalty.members.tables import Member
from loyalty.web.i18n import select_language, tag
from loyalty.web.portal import codes
from loyalty.web.portal.blueprint import blueprint
from loyalty.web.portal.guard import BROUGHT_BY, CLAIM, let_in, secret, signed_in
from loyalty.web.portal.joining import TERMS_VERSION, join_in
from loyalty.web.portal.mail import send_code
from loyalty.web.portal.sessions import COOKIE, close_session
from loyalty.web.services import services
from loyalty.web.texts import _

ASKED = "portal_asked"
"""In the browser's session: the id of the code that it asked for."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}\Z")
Page = str | Answer | tuple[str, int]


@blueprint.get("/sign-in")
def sign_in() -> Page:
    if signed_in():
        return redirect(url_for("portal.page"))
    return render_template("portal_sign_in.html", wrong="", email="")


@blueprint.post("/sign-in")
def send() -> Page:
    """A code goes out when the address is a member's; the answer is the same when it is not."""
    email = _typed("email", 254).lower()
    if not _EMAIL.match(email):
        return render_template("portal_sign_in.html", wrong=_no_address(), email=email), 422
    return _sent(email, {"kind": "sign_in"})


@blueprint.get("/join")
def join() -> Page:
    """With the code of a member's link the page is the same whether it is somebody's or not."""
    if "by" in request.args:
        session[BROUGHT_BY] = request.args["by"][:LONGEST]
    return render_template("portal_join.html", wrong={}, typed={}, terms=TERMS_VERSION, invited=BROUGHT_BY in session)


@blueprint.post("/join")
def join_send() -> Page:
    """The same code, with what the person typed; a member who joins again is simply signed in."""
    typed = {"name": without_controls(_typed("name", 200)), "email": _typed("email", 254).lower()}
    wrong = {}
    if not 1 <= len(typed["name"]) <= 120:
        wrong["name"] = _("Write your name, at most 120 characters.")
    if not _EMAIL.match(typed["email"]):
        wrong["email"] = _no_address()
    if "terms" not in request.form:
        wrong["terms"] = _("Membership needs your agreement to this.")
    if wrong:
        return render_template("portal_join.html", wrong=wrong, typed=typed, terms=TERMS_VERSION,
                               invited=BROUGHT_BY in session), 422  # fmt: skip
    wishes = {"kind": "join", **typed, "language": tag(select_language()), "offers": "offers" in request.form,
              "by": str(session.get(BROUGHT_BY, ""))}  # fmt: skip
    return _sent(typed["email"], wishes)


@blueprint.get("/code")
def code() -> Page:
    if ASKED not in session:
        return redirect(url_for("portal.sign_in"))
    return render_template("portal_code.html", wrong="")


@blueprint.post("/code")
def prove() -> Page:
    """The right code opens a session; the first of somebody new makes them a member."""
    proved = _proved(str(session.get(ASKED, "")))
    if proved is not None and proved.member is None and proved.details.get("kind") == "join":
        return _in(join_in(proved.details))
    if proved is None or proved.member is None:
        return render_template("portal_code.html", wrong=_no_code()), 422
    return _in(proved.member)


@blueprint.post("/with-number")
def with_number() -> Page:
    """With the member's number and a code that was printed at the counter."""
    number = "".join(_typed("number", 40).upper().split())
    with write(services().engine) as writing:
        asked = codes.latest_of(writing, f"number:{number}", secret())
    proved = _proved(asked)
    if proved is None or proved.member is None:
        return render_template("portal_sign_in.html", wrong_number=_no_code(), number=number, wrong="", email=""), 422
    return _in(proved.member)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    with write(services().engine) as writing:
        close_session(writing, request.cookies.get(COOKIE, ""))
    answer = redirect(url_for("portal.sign_in"), code=303)
    answer.delete_cookie(COOKIE, path="/me")
    return answer  # type: ignore[return-value]


def _sent(email: str, details: Mapping[str, Any]) -> Answer:
    lent = services()
    with write(lent.engine) as writing:
        member = writing.scalar(sa.select(Member.id).where(Member.email == email, Member.status == "active"))
        asked = codes.ask(writing, email, member, details, lent.now(), secret())
    session[ASKED] = asked.id
    if asked.code and (member is not None or details["kind"] == "join"):
        send_code(asked.id, email, asked.code)
    return redirect(url_for("portal.code"), code=303)


def _proved(asked: str) -> codes.Proved | None:
    typed = "".join(_typed("code", 20).split())
    with write(services().engine) as writing:
        return codes.prove(writing, asked, typed, services().now(), secret())


def _in(member: str) -> Answer:
    session.pop(ASKED, None)
    session.pop(BROUGHT_BY, None)
    now = services().now()
    with write(services().engine) as writing:
        audit.note(writing, f"member:{member}", "portal.sign_in", f"member:{member}", now)
    claim = session.pop(CLAIM, None)
    target = url_for("portal.claim", code=claim) if claim else url_for("portal.page")
    return let_in(member, redirect(target, code=303))  # type: ignore[arg-type]


def _typed(name: str, longest: int) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:longest]


def _no_address() -> str:
    return _("This is no e-mail address; write it as name@example.com.")


def _no_code() -> str:
    return _("This code is not right, or it is too old. Look again, or ask for a new one.")
