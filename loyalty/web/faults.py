"""Failures as pages in the frame: what happened, what to do, and the number under which the log knows it."""

from flask import Flask, g, render_template, request
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from loyalty.errors import LoyaltyError, NotFound, UnknownMember
from loyalty.web.access import KEYED_BLUEPRINTS
from loyalty.web.logs import log_failure
from loyalty.web.texts import _

Answer = tuple[str, int]


def _words(status: int) -> tuple[str, str]:
    """What happened, and what to do."""
    if status == 403:
        return _("This is not open to you"), _("Your roles do not include it. Ask an administrator if you need it.")
    if status == 404:
        return _("There is nothing here"), _("The address may be mistyped, or what it showed is gone.")
    if status == 405:
        return _("This address takes no such request"), _("Go back and use the buttons of the page.")
    if status == 413:
        return _("That is too much at once"), _("Send less text and try again.")
    if status == 429:
        return _("Too many attempts"), _("Wait five minutes, then try again.")
    if status < 500:
        return _("The request could not be read"), _("Go back, check what you typed and try again.")
    return (
        _("Something went wrong on our side"),
        _("Nothing was changed. Try again; if it happens again, tell an administrator the reference below."),
    )


def _page(status: int, heading: str, advice: str, framed: bool = True) -> Answer:
    """`framed` puts the rail around it for those who are logged in: not when the frame itself may be what fails."""
    template = "fault_fragment.html" if request.headers.get("HX-Request") == "true" else "fault.html"
    page = render_template(
        template,
        status=status,
        heading=heading,
        advice=advice,
        reference=g.get("request_id", ""),
        start="/me" if f"{request.path}/".startswith("/me/") else "/",  # members have no business at the staff's door
        framed=framed and current_user and current_user.is_authenticated,
    )
    return page, status


def _is_for_programs() -> bool:
    return request.blueprint in KEYED_BLUEPRINTS or request.path.startswith("/api/")


def _http(fault: HTTPException) -> Answer | HTTPException:
    status = fault.code or 500
    if _is_for_programs() or status < 400:
        return fault
    return _page(status, *_words(status))


def _forged(_fault: CSRFError) -> Answer:
    return _page(
        400,
        _("This page was open too long"),
        _("Nothing was changed. Load the page again and repeat the last step."),
    )


def _refused(fault: LoyaltyError) -> Answer:
    status = 404 if isinstance(fault, NotFound | UnknownMember) else 409
    return _page(status, _("That could not be done"), str(fault))


def _unexpected(fault: Exception) -> Answer | HTTPException:
    log_failure(fault)
    if _is_for_programs():
        return InternalServerError()
    return _page(500, *_words(500), framed=False)


def explain_failures(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(LoyaltyError, _refused)
    app.register_error_handler(Exception, _unexpected)
