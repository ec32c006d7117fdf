"""Challenges with their badges; and who is about to lose points or a level."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.campaigns import challenges as keep
from loyalty.campaigns.segments import all_segments
from loyalty.campaigns.soon_lost import SOON_DAYS, dying_points, leaving_levels
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.campaigns_view import segment_names
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.members_view import rows_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import N_, _
from loyalty.web.wrong_fields import refused_at

blueprint = Blueprint("challenges", __name__, url_prefix="/challenges")

Page = str | tuple[str, int] | Response
REACHED: dict[str, str] = {
    "purchases": N_("Number of purchases"),
    "spend": N_("Net sales"),
    "category_spend": N_("Sales of a category"),
    "store_purchases": N_("Purchases at a store"),
    "rewards": N_("Rewards taken"),
    "weeks": N_("Weeks in a row with a purchase"),
    "months": N_("Months in a row with a purchase"),
}
BADGE_WORDS: dict[str, str] = {
    "award": N_("Medal"),
    "crown": N_("Crown"),
    "diamond": N_("Diamond"),
    "gift": N_("Present"),
    "coins": N_("Coins"),
}
FIELDS = ("name", "fact", "number", "of", "days", "points", "badge", "segment")


@blueprint.get("")
@allows("campaign.view")
def index() -> str:
    return _page({})


@blueprint.post("")
@allows("campaign.plan")
def make() -> Page:
    wish = {name: request.form.get(name, "").replace("\x00", "").strip()[:200] for name in FIELDS}
    try:
        with write(services().engine) as session:
            made = keep.make_challenge(session, wish["name"], _plan(wish), current_user.email, services().now())
            tell(session, "challenge.make", f"challenge:{made.id}", after={"name": made.name})
    except LoyaltyError as fault:
        refused_at(fault, {"rules": "number", "target": "number"}, "number" if "Condition" in str(fault) else "name")
        return _page(wish), 422
    say(_("The challenge “%(name)s” is open.", name=made.name))
    return redirect(url_for("challenges.index"), code=303)


@blueprint.post("/<id>/close")
@allows("campaign.plan")
def close(id: str) -> Response:
    with write(services().engine) as session:
        gone = keep.close_challenge(session, id, services().now())
        tell(session, "challenge.close", f"challenge:{id}", after={"name": gone.name})
    say(_("The challenge “%(name)s” is closed.", name=gone.name), undo=url_for("challenges.reopen", id=id))
    return redirect(url_for("challenges.index"), code=303)


@blueprint.post("/<id>/open")
@allows("campaign.plan")
def reopen(id: str) -> Response:
    with write(services().engine) as session:
        back = keep.open_again(session, id, services().now())
        tell(session, "challenge.open", f"challenge:{id}", after={"name": back.name})
    say(_("The challenge “%(name)s” is open.", name=back.name))
    return redirect(url_for("challenges.index"), code=303)


@blueprint.get("/members/<id>")
@allows("member.view")
def of_member(id: str) -> str:
    """The badges of a member, and how far the rest is; a part of the member's page, empty without challenges."""
    rows = keep.progress_of(reading(), id, shop().now) if shop().programme else []
    return render_template("_member_challenges.html", rows=rows)


@blueprint.get("/soon-lost")
@allows("campaign.view")
def soon() -> str:
    """Points and levels that are gone within SOON_DAYS."""
    points = dying_points(reading(), shop().now) if shop().programme else []
    levels = leaving_levels(reading(), shop().now) if shop().programme else []
    ids = [*(each.member for each in points), *(each.member for each in levels)]
    named = {row.id: row for row in rows_of(reading(), shop(), list(dict.fromkeys(ids)), permitted("member.contact"))}
    return render_template(
        "soon_lost.html", points=points, levels=levels, named=named, days=SOON_DAYS,
        level_style=level_style, shop=shop(),
    )  # fmt: skip


def _plan(wish: dict[str, str]) -> dict[str, Any]:
    def number(name: str) -> Any:
        return int(wish[name]) if wish[name].isdecimal() and len(wish[name]) < 9 else wish[name] or 0

    plan: dict[str, Any] = {"badge": wish["badge"], "points": number("points"), "segment": wish["segment"]}
    if wish["fact"] in ("weeks", "months"):
        return {**plan, "kind": wish["fact"], "target": number("number")}
    rule: dict[str, Any] = {"fact": wish["fact"], "is": "at_least", "value": wish["number"]}
    if wish["days"]:
        rule["days"] = number("days")
    if wish["of"]:
        rule["of"] = wish["of"]
    return {**plan, "kind": "reach", "rules": {"rules": [rule]}}


def _page(wish: dict[str, str], fault: str = "") -> str:
    return render_template(
        "challenges.html", rows=keep.all_challenges(reading()), won=keep.winners(reading()), wish=wish, fault=fault,
        reached=REACHED, badges=BADGE_WORDS, goal_words=_goal, segments=all_segments(reading()),
        names=segment_names(reading()), shop=shop(),
    )  # fmt: skip


def _goal(each: keep.Challenge) -> str:
    """What is to be reached, in words."""
    if each.kind != "reach":
        return f"{_(REACHED[each.kind])}: {each.target}"
    rule = each.rules.rules[0]
    words = f"{_(REACHED.get(rule.fact, rule.fact))}: {rule.number:f}"
    if rule.of:
        words += f" ({rule.of})"
    return words + (", " + _("last %(days)s days", days=rule.days) if rule.days else "")
