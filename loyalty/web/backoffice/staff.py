"""Who may log in: people of the staff, their roles, and what to do when somebody leaves or forgets a password."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.web.access import ROLES, allows
from loyalty.web.accounts import User, create_staff
from loyalty.web.audit import tell
from loyalty.web.backoffice.staff_words import refusal, role_word
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.staff_changes import (
    drop_second_step,
    passing_password,
    person,
    set_active,
    set_password,
    set_roles,
)
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@allows("staff.manage", fresh=True)
def index() -> str:
    return _list()


@blueprint.post("")
@allows("staff.manage", fresh=True)
def add() -> Answer:
    """Somebody new, with a password that is shown once and given to them."""
    email, role, password = request.form.get("email", ""), request.form.get("role", ""), passing_password()
    try:
        with write(services().engine) as session:
            made = create_staff(session, email, password, role, services().now())
            tell(session, "staff.create", f"staff:{made.email}", after={"roles": [role]})
            shown = made.email
    except LoyaltyError as fault:
        wrong_at({"role" if fault.pointer in ("role", "roles") else "email": refusal(fault)})
        return _list(typed={"email": email, "role": role}), 422
    return _list(once=(shown, password))


@blueprint.get("/<int:number>")
@allows("staff.manage", fresh=True)
def page(number: int) -> str:
    return _page(person(reading(), number))


@blueprint.post("/<int:number>/roles")
@allows("staff.manage", fresh=True)
def roles(number: int) -> Answer:
    wanted = request.form.getlist("roles")
    found = person(reading(), number)
    both = crossed(request.form, {"roles": _listed(each.name for each in found.roles)}, {"roles": _listed(wanted)})
    if both is not None:
        show_crossing(both, {"roles": _("Roles")})
        return _page(found, ticked=both.values["roles"].split(", ")), 412

    def change(session: Session, user: User) -> None:
        before = sorted(role.name for role in user.roles)
        set_roles(session, user, wanted)
        tell(session, "staff.roles", f"staff:{user.email}", before={"roles": before}, after={"roles": sorted(wanted)})
        say(_("The roles of %(who)s are changed.", who=user.email))

    return _changed(number, change)


@blueprint.post("/<int:number>/door/<step>")
@allows("staff.manage", fresh=True)
def switch(number: int, step: str) -> Answer:
    """Nobody is ever deleted: what they did keeps their name."""
    if step not in ("activate", "deactivate"):
        abort(404)
    back = "activate" if step == "deactivate" else "deactivate"

    def change(session: Session, user: User) -> None:
        before = user.active
        set_active(session, user, step == "activate", services().now())
        tell(session, f"staff.{step}", f"staff:{user.email}", before={"active": before}, after={"active": user.active})
        words = _("%(who)s can log in again.") if user.active else _("%(who)s cannot log in any more.")
        say(words % {"who": user.email}, undo=url_for("staff.switch", number=number, step=back))

    return _changed(number, change)


@blueprint.post("/<int:number>/password")
@allows("staff.manage", fresh=True)
def password(number: int) -> Answer:
    """A new password, shown once; what the person has open anywhere ends."""
    fresh = passing_password()
    with write(services().engine) as session:
        user = person(session, number)
        set_password(user, fresh, services().now())
        tell(session, "staff.password", f"staff:{user.email}")
    return _page(person(reading(), number), once=fresh)


@blueprint.post("/<int:number>/second-step")
@allows("staff.manage", fresh=True)
def second_step(number: int) -> Answer:
    def change(session: Session, user: User) -> None:
        before = {"codes": user.two_factors, "passkeys": [key.name for key in user.webauthn]}
        drop_second_step(user)
        tell(session, "staff.second_step_off", f"staff:{user.email}", before=before, after={"codes": False})
        say(_("%(who)s logs in with the password alone.", who=user.email))

    return _changed(number, change)


def _changed(number: int, change: Callable[[Session, User], None]) -> Answer:
    """Back to the person's page; with the reason on it when the change was refused."""
    try:
        with write(services().engine) as session:
            change(session, person(session, number))
    except LoyaltyError as fault:
        return _page(person(reading(), number), wrong=refusal(fault)), 422
    return redirect(url_for("staff.page", number=number), code=303)


def _listed(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))


def _list(typed: dict[str, str] | None = None, once: tuple[str, str] | None = None) -> str:
    order = sa.select(User).options(selectinload(User.webauthn)).order_by(User.active.desc(), User.email)
    people = reading().scalars(order).all()
    return render_template("staff.html", people=people, roles=ROLES, role_word=role_word, typed=typed or {}, once=once)


def _page(user: User, wrong: str = "", once: str = "", ticked: Iterable[str] | None = None) -> str:
    own = {role.name for role in user.roles}
    return render_template(
        "staff_person.html", user=user, own=own if ticked is None else set(ticked),
        was=as_seen({"roles": _listed(own)}),
        roles=ROLES, role_word=role_word, wrong=wrong, once=once,
        myself=user.id == current_user.id,
    )  # fmt: skip
