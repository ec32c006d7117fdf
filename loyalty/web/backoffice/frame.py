"""What stands around every page: the rail with the places a person may go to, and the choice of language."""

from dataclasses import dataclass, replace

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.web.access import permitted
from loyalty.web.assets import asset, mark, svg_icon
from loyalty.web.i18n import LANGUAGES, select_language, tag
from loyalty.web.notices import said
from loyalty.web.shop import shop
from loyalty.web.texts import N_, ROLE_NAMES, _
from loyalty.web.two_at_once import install_crossing
from loyalty.web.wrong_fields import install_wrong_fields

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
                "member_merge", "member_household", "member_personal", "members_saved", "enrol",
                "referrals")  # fmt: skip
PROGRAMME_PAGES = ("programme", "programme_edit", "programme_drafts", "programme_entries", "programme_finish",
                   "campaigns_trial")  # fmt: skip

MESSAGE_PAGES = ("messages", "message_templates", "message_rules")


@dataclass(frozen=True)
class Group:
    """Places of the rail that belong together, under a word; the first group needs none."""

    word: str
    places: tuple[Place, ...]


GROUPS = (
    Group("", (
        Place("home.page", "home", N_("Home"), "home.view", ("home", "figures")),
        Place("work.index", "receipt-off", N_("To look at"), "work.view", ("work", "odd", "odd_rules")),
        Place("analyses.index", "chart-bar", N_("Analyses"), "figures.view",
              ("analyses", "values", "segments", "reports")),
    )),
    Group(N_("Customers"), (
        Place("members.index", "users", N_("Members"), "member.view", MEMBER_PAGES),
        Place("prospects.index", "user-plus", N_("Prospects"), "prospect.view", ("prospects",)),
        Place("cards.index", "credit-card", N_("Cards"), "card.view",
              ("cards", "card_jobs", "card_designer", "gift_cards")),
        Place("care.index", "phone", N_("Care"), "care.view", ("care", "cases", "surveys", "visits")),
    )),
    Group(N_("Loyalty"), (
        Place("programme.page", "notebook", N_("Programme"), "programme.view", PROGRAMME_PAGES),
        Place("campaigns.index", "gift", N_("Campaigns"), "campaign.view", ("campaigns", "challenges")),
        Place("messages.index", "mail", N_("Messages"), "message.view", MESSAGE_PAGES),
    )),
    Group(N_("The shop"), (
        Place("devices.index", "printer", N_("Devices"), "device.view", ("devices", "device_counters")),
        Place("jobs.index", "database", N_("Data"), "job.view", ("jobs", "imports", "exports", "backup")),
        Place("staff.index", "users-group", N_("Staff"), "staff.manage", ("staff",)),
        Place("settings.page", "settings", N_("Settings"), "settings.manage",
              ("settings", "settings_mail", "keys", "webhooks")),
        Place("audit.page", "history", N_("Audit log"), "audit.view", ("audit",)),
    )),
)  # fmt: skip
ON_THE_BAR = ("home.page", "members.index", "work.index", "devices.index", "analyses.index", "cards.index",
              "programme.page", "campaigns.index")  # fmt: skip
"""A telephone has room for four words beside the menu: the first of these that are open to the person."""
ROOM = 4


def groups() -> list[Group]:
    """Those of the rail with the places that work and are open to this person; none is empty."""
    open_to = [replace(group, places=tuple(filter(_is_open, group.places))) for group in GROUPS]
    return [group for group in open_to if group.places]


def _is_open(place: Place) -> bool:
    return place.endpoint in current_app.view_functions and permitted(place.action)


def places() -> list[Place]:
    """All of them, in their order."""
    return [place for group in groups() for place in group.places]


def bar() -> list[Place]:
    """What stands at the bottom of a telephone's screen."""
    known = {place.endpoint: place for place in places()}
    return [known[name] for name in ON_THE_BAR if name in known][:ROOM]


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
        "rail_groups": groups,
        "rail_bar": bar,
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
    install_wrong_fields(app)
    install_crossing(app)
