"""What stands around every page: the rail with the places a person may go to, and the choice of language."""

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.web.access import permitted
from loyalty.web.assets import asset, mark, svg_icon
from loyalty.web.i18n import LANGUAGES, select_language, tag
from loyalty.web.notices import said
from loyalty.web.shop import shop
from loyalty.web.texts import N_, ROLE_NAMES, _

blueprint = Blueprint("frame", __name__)


@dataclass(frozen=True)
class Place:
    """A word of the rail. `within` are blueprints whose pages belong under it."""

    endpoint: str
    icon: str
    word: str
    action: str
    within: tuple[str, ...]


MEMBER_PAGES = ("members", "member", "member_edit", "member_points", "member_sale", "member_consents",
                "member_merge", "member_household", "member_personal", "members_saved", "enrol")  # fmt: skip
PROGRAMME_PAGES = ("programme", "programme_edit", "programme_drafts", "programme_entries", "programme_finish",
                   "campaigns_trial")  # fmt: skip

MESSAGE_PAGES = ("messages", "message_templates", "message_rules")

PLACES = (
    Place("home.page", "home", N_("Home"), "home.view", ("home", "figures")),
    Place("members.index", "users", N_("Members"), "member.view", MEMBER_PAGES),
    Place("analyses.index", "chart-bar", N_("Analyses"), "figures.view", ("analyses", "values", "segments", "reports")),
    Place("campaigns.index", "gift", N_("Campaigns"), "campaign.view", ("campaigns", "challenges")),
    Place("care.index", "phone", N_("Care"), "care.view", ("care", "cases", "surveys", "visits")),
    Place("cards.index", "credit-card", N_("Cards"), "card.view", ("cards", "card_jobs", "card_designer")),
    Place("work.index", "receipt-off", N_("To look at"), "work.view", ("work",)),
    Place("devices.index", "printer", N_("Devices"), "device.view", ("devices", "device_counters")),
    Place("messages.index", "world", N_("Messages"), "message.view", MESSAGE_PAGES),
    Place("programme.page", "notebook", N_("Programme"), "programme.view", PROGRAMME_PAGES),
    Place("jobs.index", "versions", N_("Data"), "job.view", ("jobs", "imports", "exports", "backup")),
    Place("audit.page", "history", N_("Audit log"), "audit.view", ("audit",)),
    Place("staff.index", "users-group", N_("Staff"), "staff.manage", ("staff", "keys", "settings", "settings_mail")),
)


def places() -> list[Place]:
    """Those of the rail that work and are open to this person."""
    return [place for place in PLACES if place.endpoint in current_app.view_functions and permitted(place.action)]


def first_place() -> str:
    """Address of the first page that this person may see; 403 when there is none."""
    for place in places():
        return url_for(place.endpoint)
    abort(403)


def role_words() -> str:
    """The person's roles in the page's language."""
    return ", ".join(_(ROLE_NAMES.get(role.name, role.name)) for role in current_user.roles)


@blueprint.post("/language")
def language() -> Response:
    """Keeps the chosen language for this session and goes back to where the person was."""
    wish = request.form.get("language", "")
    if wish not in LANGUAGES:
        abort(400)
    session["language"] = wish
    back = request.form.get("back", "/")
    return redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", code=303)


def shop_name() -> str:
    """What the shop calls its programme; the product's name before there is one."""
    return shop().name


def _words() -> dict[str, object]:
    current = select_language()
    return {
        "places": places,
        "role_words": role_words,
        "languages": LANGUAGES,
        "language": current,
        "html_lang": tag(current),
        "permitted": permitted,
        "request_id": g.get("request_id", ""),
        "lang_tag": tag,
        "known_endpoints": current_app.view_functions,
        "shop_name": shop_name,
        "notices": said,
    }


def install_frame(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.context_processor(_words)
    app.jinja_env.globals.update(asset=asset, icon=svg_icon, mark=mark)  # macros see these too
