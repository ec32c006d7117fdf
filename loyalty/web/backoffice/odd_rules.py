"""The rules about what looks odd: on or off, their limits, stores that lie side by side, and whose card is whose."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.insight.odd_rules import RULES, set_rules, shown_settings
from loyalty.members.tables import Member
from loyalty.members.watch_tables import staff_members
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.odd_view import own_cards
from loyalty.web.backoffice.odd_words import limit_label, rule_meaning, rule_name
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import refused_at, wrong_at

blueprint = Blueprint("odd_rules", __name__, url_prefix="/odd-rules")

LONGEST_STAFF = 120


@blueprint.get("")
@allows("settings.manage")
def page() -> str:
    return _page(shown_settings(reading()))


@blueprint.post("")
@allows("settings.manage")
def save() -> Response | tuple[str, int]:
    """All rules at once; a wrong limit changes none."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip() for name in shown_settings(reading())}
    both = crossed(request.form, shown_settings(reading()), typed)
    if both is not None:
        show_crossing(both, _labels())
        return _page({name: str(value) for name, value in both.values.items()}), 412
    try:
        with write(services().engine) as session:
            before = shown_settings(session)
            set_rules(session, typed, services().now())
            after = shown_settings(session)
            if before != after:
                tell(session, "odd.rules", "odd:rules", before=before, after=after)
    except LoyaltyError as fault:
        refused_at(fault, {}, "near")
        return _page(typed), 422
    say(_("The rules are saved. They hold from the next look on."))
    return redirect(url_for("odd_rules.page"), code=303)


@blueprint.post("/staff")
@allows("settings.manage")
def name_card() -> Response | tuple[str, int]:
    """Whose card is whose: sales on it at that person's own till are noted from now on."""
    staff = request.form.get("staff", "").replace("\x00", "").strip()[:LONGEST_STAFF]
    number = request.form.get("number", "").replace("\x00", "").strip()[:60]
    member = reading().scalar(sa.select(Member.id).where(Member.number == number, Member.status == "active"))
    wrong = {} if staff else {"staff": _("Write the person’s name as their till shows it.")}
    if member is None:
        wrong["number"] = _("There is no member with this number.")
    if wrong:
        wrong_at(wrong)
        return _page(shown_settings(reading()), staff, number), 422
    with write(services().engine) as session:
        session.execute(sa.delete(staff_members).where(staff_members.c.staff == staff))
        row = {"staff": staff, "member_id": member, "made_by": current_user.email, "made_at": services().now()}
        session.execute(sa.insert(staff_members), [row])
        tell(session, "odd.own_card", f"member:{member}", after={"staff": staff})
    say(_("Sales on this card at that person’s till are noted from now on."))
    return redirect(url_for("odd_rules.page"), code=303)


@blueprint.post("/staff/drop")
@allows("settings.manage")
def drop_card() -> Response:
    staff, at = request.form.get("staff", "").replace("\x00", ""), staff_members.c
    with write(services().engine) as session:
        member = session.scalar(sa.select(at.member_id).where(at.staff == staff))
        session.execute(sa.delete(staff_members).where(at.staff == staff))
        if member is not None:
            tell(session, "odd.own_card", f"member:{member}", before={"staff": staff})
    say(_("Taken away."))
    return redirect(url_for("odd_rules.page"), code=303)


def _labels() -> dict[str, str]:
    labels = {"near": _("Stores side by side")}
    for name, rule in RULES.items():
        labels |= {f"{name}.on": rule_name(name), **{f"{name}.{limit}": limit_label(name) for limit in rule.limits}}
    return labels


def _page(values: Mapping[str, str], staff: str = "", number: str = "") -> str:
    return render_template(
        "odd_rules.html", values=values, rules=RULES, rule_name=rule_name, rule_meaning=rule_meaning,
        limit_label=limit_label, own=own_cards(reading()), staff=staff, number=number,
        was=as_seen(shown_settings(reading())),
    )  # fmt: skip
