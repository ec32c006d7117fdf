"""One's own log-in: password, codes of an app with recovery codes, passkeys, ending what is open elsewhere."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_security import current_user, verify_password
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import Invalid, NotFound
from loyalty.web.access import allows
from loyalty.web.accounts import SHORTEST_PASSWORD, Passkey, User
from loyalty.web.audit import tell
from loyalty.web.backoffice.staff_words import refusal, role_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.staff_changes import end_sessions, person, set_password
from loyalty.web.texts import _

blueprint = Blueprint("account", __name__, url_prefix="/account")

Answer = str | Response | tuple[str, int]
_NEW_CODES = "new_codes"
"""In the session: the encrypted secret of an app that is just being set up."""


@blueprint.get("")
@allows("account.use")
def page() -> str:
    return _page()


@blueprint.post("/password")
@allows("account.use")
def password() -> Answer:
    """The present password is asked for here, so a screen left alone is not enough."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if len(old) > 255 or not verify_password(old, current_user.password):
        return _page(wrong={"old": _("This is not your present password.")}), 422
    try:
        with write(services().engine) as writing:
            user = person(writing, current_user.id)
            set_password(user, new, services().now())
            tell(writing, "account.password", f"staff:{user.email}")
    except Invalid as fault:
        return _page(wrong={"new": refusal(fault)}), 422
    return _still_here(user, _("Your password is changed. You are logged out everywhere else."))


@blueprint.post("/elsewhere")
@allows("account.use")
def elsewhere() -> Response:
    """Ends every session of this person but this one."""
    with write(services().engine) as writing:
        user = person(writing, current_user.id)
        end_sessions(user, services().now())
        tell(writing, "account.elsewhere", f"staff:{user.email}")
    return _still_here(user, _("You are logged out everywhere else."))


@blueprint.get("/codes")
@allows("account.use", fresh=True)
def codes() -> str:
    """The picture for the app; nothing is asked for at log-in until its first code was typed here."""
    totp = current_app.extensions["security"].totp_factory
    if _NEW_CODES not in session:
        session[_NEW_CODES] = totp.generate_totp_secret()
    return _codes_page()


@blueprint.post("/codes")
@allows("account.use", fresh=True)
def confirm_codes() -> Answer:
    security = current_app.extensions["security"]
    secret, typed = session.get(_NEW_CODES), request.form.get("code", "").replace(" ", "")
    if secret is None:
        return redirect(url_for("account.codes"), code=303)
    if not (typed.isascii() and typed.isdigit()) or not security.totp_factory.verify_totp(
        typed, secret, current_user, window=30
    ):
        return _codes_page(wrong=_("This is not the code that the app shows now. Type the next one.")), 422
    session.pop(_NEW_CODES)
    with write(services().engine) as writing:
        user = person(writing, current_user.id)
        user.tf_primary_method, user.tf_totp_secret = "authenticator", secret
        shown = _new_recovery_codes(user)
        tell(writing, "account.totp_on", f"staff:{user.email}", before={"codes": False}, after={"codes": True})
    return render_template("account_recovery.html", codes=shown)


@blueprint.post("/codes/off")
@allows("account.use", fresh=True)
def codes_off() -> Response:
    with write(services().engine) as writing:
        user = person(writing, current_user.id)
        user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
        tell(writing, "account.totp_off", f"staff:{user.email}", before={"codes": True}, after={"codes": False})
    say(_("No code is asked for any more."))
    return redirect(url_for("account.page"), code=303)


@blueprint.post("/recovery")
@allows("account.use", fresh=True)
def recovery() -> Answer:
    """Ten new recovery codes; the old ones open nothing any more."""
    with write(services().engine) as writing:
        user = person(writing, current_user.id)
        if not user.two_factors:
            raise NotFound(_("Recovery codes belong to codes at log-in; switch these on first."))
        shown = _new_recovery_codes(user)
        tell(writing, "account.recovery_codes", f"staff:{user.email}")
    return render_template("account_recovery.html", codes=shown)


@blueprint.post("/passkeys/<int:number>/remove")
@allows("account.use", fresh=True)
def remove_passkey(number: int) -> Response:
    with write(services().engine) as writing:
        key = writing.get(Passkey, number)
        if key is None or key.user_id != current_user.id:
            raise NotFound(_("You have no such passkey."))
        tell(writing, "account.passkey_removed", f"staff:{current_user.email}", before={"called": key.name})
        writing.delete(key)
    say(_("The passkey opens nothing any more."))
    return redirect(url_for("account.page"), code=303)


def _new_recovery_codes(user: User) -> list[str]:
    """Ten of them, put into the person's row encrypted."""
    codes = current_app.extensions["security"].mf_recovery_codes_util
    shown: list[str] = current_app.extensions["security"].totp_factory.generate_recovery_codes(10)
    user.mf_recovery_codes = codes._encrypt_codes(shown)
    return shown


def _still_here(user: User, words: str) -> Response:
    """This browser goes on, with the new name that sessions are known by."""
    session["_user_id"] = user.fs_uniquifier
    say(words)
    return redirect(url_for("account.page"), code=303)


def _page(wrong: dict[str, str] | None = None) -> str:
    user = person(reading(), current_user.id)
    return render_template(
        "account.html", user=user, role_word=role_word, wrong=wrong or {}, shortest=SHORTEST_PASSWORD
    )


def _codes_page(wrong: str = "") -> str:
    totp = current_app.extensions["security"].totp_factory
    return render_template(
        "account_codes.html", values=totp.fetch_setup_values(session[_NEW_CODES], current_user), wrong=wrong
    )
