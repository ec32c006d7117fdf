"""Who may do what in the back office: one table of actions and roles, and nothing is allowed that is not in it.

A view says which action it is with `@allows("member.view")`; a view without a word is answered 403 (the guard below,
before every request). Pages for everybody and endpoints that check keys of their own are named here, one by one.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import check_and_update_authn_fresh, current_user

ROLES: dict[str, str] = {
    "cashier": "Serves at the counter",
    "supervisor": "Runs a shop and its counters",
    "marketing": "Cares for programme and campaigns",
    "analyst": "Reads figures, changes nothing",
    "technician": "Looks after devices",
    "administrator": "May do everything",
    "kiosk": "A kiosk's own identity: no pages here",
}

_EVERY_PERSON = frozenset(ROLES) - {"kiosk"}

ACTIONS: dict[str, frozenset[str]] = {
    "account.use": _EVERY_PERSON,  # language, log out
    "home.view": frozenset({"supervisor", "marketing", "analyst", "technician", "administrator"}),
    "figures.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),
    "member.view": frozenset({"cashier", "supervisor", "marketing", "analyst", "administrator"}),
    "member.contact": frozenset({"supervisor", "marketing", "administrator"}),  # full name, phone, e-mail, birthday
    "member.create": frozenset({"cashier", "supervisor", "administrator"}),
    "member.edit": frozenset({"supervisor", "administrator"}),
    "member.merge": frozenset({"supervisor", "administrator"}),  # two records of one person, and apart again
    "member.export": frozenset({"supervisor", "marketing", "administrator"}),  # the list as a file
    "prospect.view": frozenset({"supervisor", "marketing", "administrator"}),  # not members yet: names and contacts
    "prospect.edit": frozenset({"supervisor", "marketing", "administrator"}),
    "member.personal": frozenset({"administrator"}),  # all that is kept of a person, and erasing it
    "points.adjust": frozenset({"supervisor", "administrator"}),  # by hand; above the limit somebody else agrees
    "sale.move": frozenset({"supervisor", "administrator"}),
    "card.view": frozenset({"cashier", "supervisor", "analyst", "administrator"}),
    "card.stock": frozenset({"supervisor", "administrator"}),  # receive and withdraw batches, issue many cards
    "card.design": frozenset({"marketing", "administrator"}),
    "card.block": frozenset({"supervisor", "administrator"}),
    "work.settle": frozenset({"supervisor", "administrator"}),
    "work.view": frozenset({"supervisor", "analyst", "administrator"}),
    "programme.view": frozenset({"supervisor", "marketing", "analyst", "technician", "administrator"}),
    "programme.edit": frozenset({"marketing", "administrator"}),  # check drafts and try scenarios; changes nothing
    "programme.put": frozenset({"marketing", "administrator"}),  # put a version in force, withdraw a planned one
    "segment.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),
    "segment.edit": frozenset({"marketing", "administrator"}),  # choose members by rules, work values out anew
    "job.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),  # one's own; chiefs see all
    "import.run": frozenset({"supervisor", "administrator"}),  # members, cards, balances, sales from files, and back
    "export.run": frozenset({"supervisor", "marketing", "analyst", "administrator"}),  # names: member.export besides
    "backup.manage": frozenset({"administrator"}),  # a backup holds every member
    "campaign.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),
    "campaign.plan": frozenset({"marketing", "administrator"}),  # plan, try, ask, stop
    "campaign.agree": frozenset({"supervisor", "marketing", "administrator"}),  # to somebody else's
    "device.view": frozenset({"supervisor", "technician", "administrator"}),  # counters and what hangs on them
    "device.test": frozenset({"supervisor", "technician", "administrator"}),  # check and support bundle from afar
    "counter.enrol": frozenset({"technician", "administrator"}),  # let a counter in, send one away
    "care.note": frozenset({"cashier", "supervisor", "marketing", "administrator"}),  # write down a contact
    "care.view": frozenset({"supervisor", "marketing", "administrator"}),  # cases in their words
    "care.work": frozenset({"supervisor", "administrator"}),
    "survey.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),  # results, visits, performance
    "survey.answer": frozenset({"cashier", "supervisor", "marketing", "administrator"}),  # for a member at the counter
    "survey.edit": frozenset({"marketing", "administrator"}),
    "visit.write": frozenset({"supervisor", "marketing", "administrator"}),
    "message.view": frozenset({"supervisor", "marketing", "analyst", "administrator"}),
    "message.edit": frozenset({"marketing", "administrator"}),  # the texts, and trying them on oneself
    "message.send": frozenset({"marketing", "administrator"}),  # to members; consent decides who is left out
    "audit.view": frozenset({"supervisor", "administrator"}),
    "staff.manage": frozenset({"administrator"}),
    "keys.manage": frozenset({"administrator"}),  # a key may do more than its maker
    "settings.manage": frozenset({"administrator"}),
}

PUBLIC_ENDPOINTS = frozenset(
    {"static", "assets.file", "assets.icon", "frame.language", "security.login"}
    | {"security.two_factor_token_validation", "security.mf_recovery"}  # after the password, before the session
    | {"surveys.answer_page", "surveys.give_answer"}  # the question behind a signed link
    | {"security.wan_signin", "security.wan_signin_response"}
    | {"unsubscribe.page", "unsubscribe.leave"}  # the link is signed, and takes one member off one list
    | {"claim.follow", "friends.follow"}  # leads into the portal, whose own guard decides
    | {"wizard.door", "wizard.enter"}  # until somebody can log in; asks for the code on the server's terminal
)
"""Answered to anybody. Each of them shows nothing about members."""

KEYED_BLUEPRINTS = frozenset({"api", "unsubscribe", "wallet"})
"""Programs, not people: they check an API key or a pass's token themselves and never look at the browser's session."""

MEMBER_BLUEPRINTS = frozenset({"portal"})
"""Members, not staff: a guard of their own stands before them (portal/guard.py), closed to all it does not name."""

_LOGGED_IN_ENDPOINTS = frozenset({"security.logout"})

_LIBRARY_ACTIONS = {
    "security.verify": "account.use",
    "security.wan_register": "account.use",
    "security.wan_register_response": "account.use",
}
"""Flask-Security's own pages that are in use; its others are refused like anything without a word."""

FRESH = timedelta(minutes=30)
"""Dangerous pages ask for the password again when the last proof is older than this."""

View = TypeVar("View", bound=Callable[..., object])


def allows(action: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Marks a view with the action it performs; KeyError at import when the table does not know the action.

    `fresh`: so dangerous that an unattended screen must not do it; see FRESH.
    """
    ACTIONS[action]

    def mark(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        view.fresh = fresh  # type: ignore[attr-defined]
        return view

    return mark


def may(roles: Iterable[str], action: str) -> bool:
    """Does one of `roles` carry `action`?"""
    return not ACTIONS[action].isdisjoint(roles)


def permitted(action: str) -> bool:
    """May the person of this request perform `action`?"""
    return bool(current_user.is_authenticated) and may((role.name for role in current_user.roles), action)


def action_of(app: Flask, endpoint: str) -> str | None:
    """The action that `endpoint` declares; None for those that declare nothing."""
    return _LIBRARY_ACTIONS.get(endpoint) or getattr(app.view_functions[endpoint], "action", None)


def is_public(app: Flask, endpoint: str) -> bool:
    """Answered without a staff session, because it shows nothing or because it checks keys or members by itself."""
    return endpoint in PUBLIC_ENDPOINTS or endpoint.partition(".")[0] in KEYED_BLUEPRINTS | MEMBER_BLUEPRINTS


def guard() -> ResponseReturnValue | None:
    """Before every request: the person's roles must carry the view's action. None lets the request pass."""
    endpoint = request.endpoint
    app = current_app
    if endpoint is None or is_public(app, endpoint):
        return None  # unknown address: Flask answers 404 by itself
    if not current_user.is_authenticated:
        return app.login_manager.unauthorized()  # type: ignore[attr-defined,no-any-return]
    if endpoint in _LOGGED_IN_ENDPOINTS:
        return None
    action = action_of(app, endpoint)
    if action is None or not permitted(action):
        abort(403)
    if getattr(app.view_functions[endpoint], "fresh", False) and not check_and_update_authn_fresh(FRESH, FRESH):
        page = request.path if request.method == "GET" else f"/{request.path.split('/')[1]}"
        return redirect(url_for("security.verify", next=page), code=303)
    return None
