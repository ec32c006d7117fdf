"""The page of one member, its timeline, and the steps of a card's life."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.checkout.merge_members import merges_of
from loyalty.clock import parse_rfc3339
from loyalty.contract.outcomes import TierView
from loyalty.db.session import write
from loyalty.members.cards import get_card, step_card
from loyalty.members.enrolment import get_member
from loyalty.members.households import household_of
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.event_words import card_status, event_icon, event_sentence, points_word, status_word
from loyalty.web.backoffice.explain_view import explain, purchase_total
from loyalty.web.backoffice.face_view import face_of
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.member_consents import PURPOSES, channel_words, consents_of, purpose_word
from loyalty.web.backoffice.member_points import reason_word
from loyalty.web.backoffice.member_view import read_member
from loyalty.web.backoffice.programme_words import reward_words, way_words
from loyalty.web.backoffice.timeline_view import read_timeline
from loyalty.web.backoffice.tokens import token_name
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import local_date, month
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.spark import meter
from loyalty.web.texts import _

blueprint = Blueprint("member", __name__, url_prefix="/members/<id>")


def _way_words(level: TierView) -> str:
    programme = shop().programme
    return way_words(level, programme) if programme else ""


def _reward_gives(name: str) -> str:
    programme = shop().programme
    reward = programme.rewards.get(name) if programme else None
    return reward_words(reward, programme)[1] if programme and reward else ""


_WORDS = {
    "card_status": card_status,
    "event_icon": event_icon,
    "event_sentence": event_sentence,
    "level_style": level_style,
    "points_word": points_word,
    "reason_word": reason_word,
    "token_name": token_name,
    "reward_gives": _reward_gives,
    "way_words": _way_words,
    "meter": meter,
}


@blueprint.get("")
@allows("member.view")
def page(id: str) -> str:
    member = get_member(reading(), id)
    return render_template(
        "member.html",
        member=read_member(reading(), shop(), member, permitted("member.contact")),
        face=face_of(reading(), shop(), member) if permitted("member.contact") else None,
        timeline=read_timeline(reading(), member, lowest=_lowest()),
        consents=consents_of(reading(), id),
        purposes=PURPOSES,
        purpose_word=purpose_word,
        channel_words=channel_words,
        household=household_of(reading(), id),
        merges=merges_of(reading(), id),
        status_word=status_word,
        shop=shop(),
        **_WORDS,
    )


@blueprint.get("/timeline")
@allows("member.view")
def older(id: str) -> str:
    """Events before a moment; a part of the member's page."""
    member = get_member(reading(), id)
    before = _moment(request.args.get("before", ""))
    timeline = read_timeline(reading(), member, before, _lowest())
    return render_template(
        "_timeline.html", member=member, timeline=timeline, last_month=month(local_date(before)), shop=shop(), **_WORDS
    )


@blueprint.get("/points/<int:number>")
@allows("member.view")
def why(id: str, number: int) -> str:
    """Why these points: a part of the member's page, or a page of its own without scripts."""
    get_member(reading(), id)
    found = explain(reading(), id, number)
    part = "_explain.html" if request.headers.get("HX-Request") == "true" else "explain.html"
    return render_template(
        part,
        id=id,
        why=found,
        wallet=shop().wallet(found.wallet),
        total=purchase_total(reading(), found.booking) if found.booking else None,
        shop=shop(),
        points_word=points_word,
    )


@blueprint.post("/cards/<card>/<step>")
@allows("card.block")
def card_step(id: str, card: str, step: str) -> Response:
    """Blocks a card or lets it work again, at once and undone as easily."""
    if step not in ("block", "activate"):
        abort(404)
    with write(services().engine) as session:
        found = get_card(session, card)
        if found.member_id != id:
            abort(404)
        before = found.status
        step_card(session, card, step, services().now(), staff=current_user.email, reason=None)
        tell(session, f"card.{step}", f"card:{card}", before={"status": before}, after={"status": found.status})
    back = "activate" if step == "block" else "block"
    say(
        _("The card is blocked.") if step == "block" else _("The card works again."),
        undo=url_for("member.card_step", id=id, card=card, step=back),
    )
    return redirect(url_for("member.page", id=id), code=303)


def _lowest() -> str | None:
    """The level that everybody has from the first day."""
    first = shop().levels[0] if shop().levels else None
    return first.name if first and not first.threshold else None


def _moment(text: str) -> datetime:
    try:
        return parse_rfc3339(text)
    except ValueError:
        abort(404)
