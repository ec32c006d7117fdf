"""Campaigns: the list, the plan, its trial, the agreement of a second person, and what it has brought."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from loyalty.campaigns import campaign_life as life
from loyalty.campaigns.campaign_life import Campaign
from loyalty.campaigns.campaign_result import result_of
from loyalty.campaigns.campaign_run import stop as stop_campaign
from loyalty.campaigns.campaign_trial import attempt_of
from loyalty.campaigns.segments import all_segments, count, members_query
from loyalty.campaigns.trial_desk import Seen
from loyalty.db.session import write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.messages.templates import all_templates
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice import campaigns_words as words
from loyalty.web.backoffice.campaigns_audience import audience, reach
from loyalty.web.backoffice.campaigns_faults import blame, labels, taken_over
from loyalty.web.backoffice.campaigns_trial import desk
from loyalty.web.backoffice.campaigns_view import Wish, fresh_wish, listed_campaigns, read_wish, segment_names, wish_of
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")

Page = str | tuple[str, int] | Response


@blueprint.get("")
@allows("campaign.view")
def index() -> str:
    rows = listed_campaigns(reading(), shop()) if shop().programme else []
    return render_template("campaigns.html", rows=rows, words=words, shop=shop(), segments=segment_names(reading()))


@blueprint.get("/new")
@allows("campaign.plan")
def new() -> str:
    """The goals to choose from; with one chosen, the form that it proposes."""
    goal = request.args.get("goal", "")
    if goal not in words.GOALS:
        return render_template("campaign_goals.html", words=words, segment=request.args.get("segment", ""))
    return _form(fresh_wish(goal, request.args.get("segment", ""), shop()))


@blueprint.post("/new")
@allows("campaign.plan")
def make() -> Page:
    wish = read_wish(request.form)
    try:
        plan = wish.plan()
        with write(services().engine) as session:
            made = life.plan_campaign(session, wish.name, plan, current_user.email, services().now())
            tell(session, "campaign.plan", f"campaign:{made.id}", after=_told(made))
    except LoyaltyError as fault:
        blame(fault, wish)
        return _form(wish), 422
    return redirect(url_for("campaigns.page", id=made.id), code=303)


@blueprint.get("/<id>/edit")
@allows("campaign.plan")
def edit(id: str) -> str:
    found = life.campaign(reading(), id)
    return _form(wish_of(found), found)


@blueprint.post("/<id>/edit")
@allows("campaign.plan")
def change(id: str) -> Page:
    wish, before = read_wish(request.form), life.campaign(reading(), id)
    both = crossed(request.form, wish_of(before).flat(), wish.flat())
    if both is not None:
        show_crossing(both, labels())
        return _form(taken_over(wish, both.values), before), 412
    try:
        plan, version = wish.plan(), request.form.get("version", -1, type=int)
        with write(services().engine) as session:
            after = life.change_campaign(session, id, version, wish.name, plan, services().now())
            tell(session, "campaign.change", f"campaign:{id}", before=_told(before), after=_told(after))
    except NotFound:
        raise
    except LoyaltyError as fault:
        blame(fault, wish)
        return _form(wish, before), 422
    return redirect(url_for("campaigns.page", id=id), code=303)


@blueprint.get("/<id>")
@allows("campaign.view")
def page(id: str) -> str:
    return _page(id)


@blueprint.post("/<id>/trial")
@allows("campaign.plan")
def trial(id: str) -> Page:
    """Replays the plan on recorded sales, in a process of its own."""
    try:
        found, now = life.campaign(reading(), id), services().now()
        attempt = attempt_of(reading(), found, now)
        made = desk().start(
            {**attempt.document, "name": found.name}, "", attempt.first, attempt.last, current_user.email, now,
            attempt.extra,
        )  # fmt: skip
    except NotFound:
        raise
    except LoyaltyError as fault:
        return _page(id, str(fault)), 422
    return _done(id, lambda session: life.note_trial(session, id, made, now))


@blueprint.get("/<id>/trial")
@allows("campaign.view")
def progress(id: str) -> str | Response:
    """How far the trial is; a part of the page, which asks for the whole of it when the trial has ended."""
    seen = _trial(life.campaign(reading(), id))
    if seen is None or seen.state != "running":
        return Response("", headers={"HX-Refresh": "true"})
    return render_template("_campaign_trial.html", trial=seen, campaign_id=id)


@blueprint.post("/<id>/plan")
@allows("campaign.plan")
def go_on(id: str) -> Page:
    """Asks for agreement, takes it back, lets a draft go, or stops a running campaign."""
    do, why, now = request.form.get("do", ""), request.form.get("why", ""), services().now()
    if do == "ask":
        return _done(id, lambda session: life.ask(session, id, why, now), "campaign.ask", why)
    if do == "take_back":
        return _done(id, lambda session: life.take_back(session, id, now), "campaign.take_back")
    if do == "stop":
        return _done(id, lambda session: stop_campaign(session, id, now), "campaign.stop")
    if do == "drop":
        gone = _done(id, lambda session: life.drop(session, id), "campaign.drop")
        return gone if isinstance(gone, tuple) else redirect(url_for("campaigns.index"), code=303)
    return redirect(url_for("campaigns.page", id=id), code=303)


@blueprint.post("/<id>/decide")
@allows("campaign.agree")
def decide(id: str) -> Page:
    """A second person agrees or sends it back."""
    me, answer, now = current_user.email, request.form.get("answer", ""), services().now()
    if request.form.get("do") == "agree":
        seen = request.form.get("version", -1, type=int)
        return _done(id, lambda session: life.agree(session, id, seen, me, now), "campaign.agree")
    return _done(id, lambda session: life.send_back(session, id, me, answer, now), "campaign.send_back", answer)


def _done(id: str, work: Callable[[Session], Campaign], action: str = "", why: str = "") -> Page:
    """The change with its entry in the audit log; the page with the fault when it is refused."""
    try:
        with write(services().engine) as session:
            after = work(session)
            if action:
                tell(session, action, f"campaign:{id}", after={"name": after.name}, why=why[:400])
    except NotFound:
        raise
    except LoyaltyError as fault:
        return _page(id, str(fault)), 422
    if action in ("campaign.ask", "campaign.agree"):
        say(_("Done. The campaign “%(name)s”: %(state)s.", name=after.name, state=words.state_word(after.state)))
    return redirect(url_for("campaigns.page", id=id), code=303)


def _page(id: str, fault: str = "") -> str:
    found = life.campaign(reading(), id)
    seen = _trial(found)
    return render_template(
        "campaign.html", campaign=found, words=words, shop=shop(), fault=fault, trial=seen, tried=_tried(seen),
        result=result_of(reading(), found, shop().now) if found.started_at else None,
        audience=audience(found), segment=segment_names(reading()).get(found.plan.segment, ""),
        mine=found.made_by == current_user.email, campaign_id=id, reach=reach(found),
        message_names=defaultdict(str, {each.id: each.name for each in all_templates(reading(), retired=True)}),
    )  # fmt: skip


def _trial(found: Campaign) -> Seen | None:
    """The latest trial of the plan; None when there is none or its folder was cleared."""
    try:
        return desk().look(found.trial) if found.trial else None
    except NotFound:
        return None


def _tried(seen: Seen | None) -> dict[str, Any] | None:
    """What the trial found, for the page: days, cost beside today in money units, members touched."""
    if seen is None or seen.result is None:
        return None
    result = seen.result
    return {
        "first": date.fromisoformat(result["from"]), "last": date.fromisoformat(result["to"]),
        "cost": int(Decimal(result["difference"]["cost"]).scaleb(shop().digits)),
        "touched": result["members"]["touched"], "better": result["members"]["better"],
        "winners": result["winners"][:5],
    }  # fmt: skip


def _form(wish: Wish, found: Campaign | None = None) -> str:
    return render_template(
        "campaign_form.html", wish=wish, campaign=found, words=words, shop=shop(),
        was=as_seen(wish_of(found).flat()) if found else "",
        templates=[each for each in all_templates(reading()) if each.purpose == "offer"],
        segments=[(each, count(reading(), members_query(reading(), each.id, shop().now)))
                  for each in all_segments(reading())] if shop().programme else [],
    )  # fmt: skip


def _told(found: Campaign) -> dict[str, object]:
    return {"name": found.name, "plan": found.plan.as_document()}
