"""How often members may be written to, and when not: numbers that hold for every message."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.db.shop_settings import put
from loyalty.messages.rules import LIMITS, SETTING, rules_of
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("message_rules", __name__, url_prefix="/messages/rules")


@blueprint.get("")
@allows("message.edit")
def page() -> str:
    return _page(_now())


@blueprint.post("")
@allows("message.edit")
def save() -> Response | tuple[str, int]:
    """All at once; a wrong one changes none."""
    typed = {name: request.form.get(name, "").strip() for name in LIMITS}
    both = crossed(request.form, _now(), typed)
    if both is not None:
        show_crossing(both, _words())
        return _page(both.values), 412
    wrong = {name for name, (least, most) in LIMITS.items() if not _within(typed[name], least, most)}
    if wrong:
        return _page(typed, wrong), 422
    wish, before = {name: int(value) for name, value in typed.items()}, _now()
    with write(services().engine) as session:
        put(session, SETTING, wish, services().now())
        if wish != before:
            tell(session, "message.rules", "settings:messages", before=before, after=wish)
    say(_("The limits are saved."))
    return redirect(url_for("message_rules.page"), code=303)


def _within(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and least <= int(text) <= most


def _now() -> dict[str, int]:
    rules = rules_of(reading(), services().now())
    return {name: getattr(rules, name) for name in LIMITS}


def _page(values: object, wrong: set[str] | None = None) -> str:
    for name in wrong or ():
        least, most = LIMITS[name]
        wrong_at({name: _("A whole number from %(least)s to %(most)s.", least=least, most=most)})
    return render_template(
        "message_rules.html", values=values, wrong=wrong or (), words=_words(), limits=LIMITS, zone=shop().zone,
        was=as_seen(_now()),
    )  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "most_offers": _("Most offers to one member"),
        "per_days": _("in so many days"),
        "quiet_from": _("Quiet from (hour of the day)"),
        "quiet_until": _("Quiet until (hour of the day)"),
        "of_age": _("Of age from (years)"),
    }
