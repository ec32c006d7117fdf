"""Segments: the list, the form with its live count, the members inside and why, fixing and taking away."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from loyalty.campaigns import segments_keep as keep
from loyalty.campaigns.segments import Segment, chosen, count, explain, members_query, segment
from loyalty.campaigns.segments_rules import read_rules
from loyalty.db.audit import entries
from loyalty.db.session import write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.insight.analyses import ANALYSES
from loyalty.members.tables import Member
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice.analyses_words import word
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.members_view import rows_of
from loyalty.web.backoffice.segments_faults import blame, both_at_once, text_of
from loyalty.web.backoffice.segments_view import Draft, draft_of, listed_segments, read_draft
from loyalty.web.backoffice.segments_words import (
    FACTS,
    choices,
    fact_words,
    found_words,
    rule_words,
    rules_words,
    word_words,
)
from loyalty.web.backoffice.values_view import model_row
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("segments", __name__, url_prefix="/segments")

Page = str | tuple[str, int] | Response
MOST_SHOWN = 100


@blueprint.get("")
@allows("segment.view")
def index() -> str:
    rows = listed_segments(reading(), shop()) if shop().programme else []
    return render_template(
        "segments.html", rows=rows, analyses=ANALYSES, shop=shop(), word=word, model=model_row(reading()),
        words=lambda rules: rules_words(reading(), shop(), rules),
    )  # fmt: skip


@blueprint.get("/new")
@allows("segment.edit")
def new() -> str:
    """An empty form, or what was typed so far without scripts."""
    return _form(read_draft(request.args) if request.args.get("rows") else Draft())


@blueprint.post("/new")
@allows("segment.edit")
def make() -> Page:
    draft = read_draft(request.form)
    if "add" in request.form or "remove" in request.form:
        return _form(draft)
    try:
        with write(services().engine) as session:
            made = keep.make_segment(
                session, draft.name, draft.rules(), current_user.email, services().now(), draft.note
            )
            tell(session, "segment.make", f"segment:{made.id}", after=_told(made))
    except LoyaltyError as fault:
        blame(fault)
        return _form(draft), 422
    say(_("The segment “%(name)s” is kept.", name=made.name))
    return redirect(url_for("segments.page", id=made.id), code=303)


@blueprint.get("/draft")
@allows("segment.edit")
def draft() -> str:
    """The conditions as typed, with the fields that each fact needs; a part of the form."""
    return render_template("_segment_rules.html", **_parts(read_draft(request.args), request.args.get("id", "")))


@blueprint.get("/count")
@allows("segment.edit")
def live() -> str:
    """How many the conditions choose; a part of the form."""
    return render_template("_segment_count.html", **_counted(read_draft(request.args)))


@blueprint.get("/<id>")
@allows("segment.view")
def page(id: str) -> str:
    found = segment(reading(), id)
    if not permitted("segment.edit"):
        return _form(None, found)
    return _form(draft_of(found), found)


@blueprint.post("/<id>")
@allows("segment.edit")
def change(id: str) -> Page:
    """Keeps the form, if nobody else changed the segment since it was opened."""
    before, draft = segment(reading(), id), read_draft(request.form)
    if "add" in request.form or "remove" in request.form:
        return _form(draft, before)
    both = both_at_once(draft, before)
    if both is not None:
        return _form(both, before), 412
    try:
        with write(services().engine) as session:
            number = request.form.get("version", 0, type=int)
            after = keep.change_segment(session, id, number, draft.name, draft.rules(), services().now(), draft.note)
            tell(session, "segment.change", f"segment:{id}", before=_told(before), after=_told(after))
    except NotFound:
        raise
    except LoyaltyError as fault:
        blame(fault)
        return _form(draft, before), 422
    say(_("The segment “%(name)s” is kept.", name=after.name))
    return redirect(url_for("segments.page", id=id), code=303)


@blueprint.post("/<id>/fix")
@allows("segment.edit")
def fix(id: str) -> Response:
    """Fixes the members of now, or lets them follow the rules again."""
    with write(services().engine) as session:
        loose = request.form.get("loosen")
        after = (keep.loosen_segment if loose else keep.fix_segment)(session, id, services().now())
        tell(session, "segment.loosen" if loose else "segment.fix", f"segment:{id}", after=_told(after))
    say(_("Its members follow the rules again.") if loose else _("Its members are fixed as they are now."))
    return redirect(url_for("segments.page", id=id), code=303)


@blueprint.post("/<id>/drop")
@allows("segment.edit")
def drop(id: str) -> Page:
    try:
        with write(services().engine) as session:
            gone = keep.drop_segment(session, id)
            kept = {**_told(gone), "segment": gone.name, "about": gone.note}  # for the way back
            tell(session, "segment.drop", f"segment:{id}", before=kept)
    except NotFound:
        raise
    except LoyaltyError as fault:
        found = segment(reading(), id)
        wrong_at({"fix": str(fault)})
        return _form(draft_of(found), found), 422
    say(_("The segment is gone."), undo=url_for("segments.put_back", id=id))
    return redirect(url_for("segments.index"), code=303)


@blueprint.post("/<id>/put-back")
@allows("segment.edit")
def put_back(id: str) -> Response:
    """Makes a segment again that was taken away, as the audit log has it."""
    with write(services().engine) as session:
        told = entries(session, action="segment.drop", subject=f"segment:{id}", limit=1)
        if not told or not told[0].before:
            raise NotFound("There is no such segment.")
        was = told[0].before
        rules, note = read_rules(was["rules"]), was.get("about", "")
        back = keep.put_back(session, id, was["segment"], rules, current_user.email, services().now(), note)
        tell(session, "segment.make", f"segment:{id}", after=_told(back))
    say(_("The segment “%(name)s” is kept.", name=back.name))
    return redirect(url_for("segments.page", id=id), code=303)


@blueprint.get("/<id>/members")
@allows("segment.view")
def members(id: str) -> str:
    """Who is in; and, for one of them, why."""
    found = segment(reading(), id)
    query = members_query(reading(), id, shop().now)
    ids = list(reading().scalars(query.order_by(Member.id).limit(MOST_SHOWN)))
    asked = request.args.get("member", "")
    who = rows_of(reading(), shop(), [asked], permitted("member.contact"))
    return render_template(
        "segment_members.html",
        segment=found, many=count(reading(), query), shown=MOST_SHOWN, level_style=level_style, shop=shop(),
        rows=rows_of(reading(), shop(), ids, permitted("member.contact")), who=who[0] if who else None,
        inside=bool(who) and asked in set(reading().scalars(query.where(Member.id == asked))),
        reasons=explain(reading(), found.rules, asked, shop().now) if who else [],
        rule_words=lambda rule: rule_words(reading(), shop(), rule), found_words=found_words,
    )  # fmt: skip


def _form(draft: Draft | None, found: Segment | None = None) -> str:
    """The whole page; without a draft for those who may only look."""
    given = _parts(draft, found.id if found else "")
    if shop().programme:
        given |= _counted(draft, found)
    words = rules_words(reading(), shop(), found.rules) if found else ""
    return render_template(
        "segment.html", segment=found, words=words, was=as_seen(text_of(draft_of(found))) if found else "", **given
    )


def _parts(draft: Draft | None, id: str) -> dict[str, object]:
    return {
        "draft": draft, "facts": FACTS, "fact_words": fact_words, "word_words": word_words, "shop": shop(),
        "segment_id": id, "choices": lambda fact: choices(reading(), shop(), fact, id),
    }  # fmt: skip


def _counted(draft: Draft | None, found: Segment | None = None) -> dict[str, object]:
    """How many members the form chooses, of how many; or the fault in it."""
    if draft and any(row.is_blank for row in draft.rows):
        return {"many": None, "all_members": 0, "count_fault": "", "shop": shop()}
    try:
        if draft is None and found is not None:
            many = count(reading(), members_query(reading(), found.id, shop().now))
        else:
            many = count(reading(), chosen(reading(), (draft or Draft()).rules(), shop().now))
    except LoyaltyError as fault:
        return {"many": None, "all_members": 0, "count_fault": str(fault), "shop": shop()}
    everybody = count(reading(), chosen(reading(), Draft(rows=()).rules(), shop().now))
    return {"many": many, "all_members": everybody, "count_fault": "", "shop": shop()}


def _told(found: Segment) -> dict[str, object]:
    return {"name": found.name, "kind": found.kind, "rules": found.rules.as_document()}
