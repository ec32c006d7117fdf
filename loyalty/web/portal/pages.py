"""What a member sees of their own: pass, balance, level, history, rewards, wishes and the copy of their data."""

import json
from datetime import datetime
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from loyalty.checkout.member_view import member_view
from loyalty.checkout.personal_data import personal_data
from loyalty.clock import parse_rfc3339
from loyalty.contract.outcomes import MemberView
from loyalty.db import audit
from loyalty.db.session import write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import LANGUAGES, change_member
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.assets import asset
from loyalty.web.backoffice.explain_view import explain, purchase_total
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.member_consents import consents_of, purpose_word
from loyalty.web.backoffice.programme_words import way_words
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.portal.blueprint import blueprint
from loyalty.web.portal.guard import phone, secret, speak_as
from loyalty.web.portal.history import read_history
from loyalty.web.portal.joining import note_consent
from loyalty.web.portal.passes import RENEWED_AFTER_S, new_pass
from loyalty.web.portal.picture import qr_picture
from loyalty.web.portal.rewards import shelf
from loyalty.web.portal.sessions import close_all
from loyalty.web.portal.wallets import wallets_ready
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

PURPOSES = ("email", "messages", "post", "profiling")


@blueprint.get("")
def page() -> str:
    view = _view()
    return render_template(
        "portal_pass.html",
        view=view,
        main=view.wallets.get(shop().main_wallet) if view else None,
        shop=shop(),
        code=_fresh_code(),
        renewed_after_s=RENEWED_AFTER_S,
        way=_way(view),
        wallets=wallets_ready(services().now()) if view else (),
        **_words(),
    )


@blueprint.get("/pass-code")
def pass_code() -> Response:
    """The next code, as a picture; the page asks for it every half minute."""
    return Response(_fresh_code(), mimetype="image/svg+xml")


@blueprint.get("/history")
def history() -> str:
    before = _moment(request.args.get("before", ""))
    return render_template("portal_history.html", history=read_history(reading(), phone().member, before), shop=shop(),
                           **_words())  # fmt: skip


@blueprint.get("/history/<int:number>")
def why(number: int) -> str:
    """How one movement of points came about."""
    story = explain(reading(), phone().member.id, number)
    total = purchase_total(reading(), story.booking) if story.booking else None
    return render_template("portal_why.html", why=story, total=total, wallet=shop().wallet(story.wallet), **_words())


@blueprint.get("/rewards")
def rewards() -> str:
    view = _view()
    return render_template("portal_rewards.html", view=view, shelf=shelf(view) if view else (), shop=shop(), **_words())


@blueprint.get("/wishes")
def wishes() -> str:
    """Language, what the shop may send, the copy of all data, signing out."""
    return render_template(
        "portal_wishes.html", consents=consents_of(reading(), phone().member.id),
        purposes=PURPOSES, purpose_word=purpose_word, **_words(),
    )  # fmt: skip


@blueprint.post("/wishes")
def keep_wishes() -> Answer:
    """Only what is different is written down, with its proof."""
    member, lent, language = phone().member, services(), request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    now, known = lent.now(), consents_of(reading(), member.id)
    with write(lent.engine) as session:
        if language != member.language:
            change_member(session, member.id, {"language": language}, now, _conventions(), None)
        for purpose in PURPOSES:
            said, before = purpose in request.form, known.get(purpose)
            if said != (before is not None and before.given):
                note_consent(session, member.id, purpose, said, now, "switched by the member on their own phone")
        audit.note(session, f"member:{member.id}", "portal.wishes", f"member:{member.id}", now,
                   after={"language": language, **{name: name in request.form for name in PURPOSES}})  # fmt: skip
    speak_as(language, anew=True)
    say(_("Your wishes are saved."))
    return redirect(url_for("portal.wishes"), code=303)


@blueprint.post("/sign-out-everywhere")
def sign_out_everywhere() -> Answer:
    with write(services().engine) as session:
        close_all(session, phone().member.id)
    return redirect(url_for("portal.sign_in"), code=303)


@blueprint.get("/my-data.json")
def my_data() -> Response:
    """All that is kept of the member, without asking anybody."""
    lent, member = services(), phone().member
    with write(lent.engine) as session:
        audit.note(session, f"member:{member.id}", "portal.copy", f"member:{member.id}", lent.now())
    text = json.dumps(personal_data(reading(), member.id), ensure_ascii=False, indent=1)
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="member-{member.number}.json"'
    return answer


@blueprint.get("/app.webmanifest")
def manifest() -> Response:
    """What a phone needs to keep the portal on its home screen."""
    document = {
        "name": shop().name, "short_name": shop().name[:12], "start_url": url_for("portal.page"), "scope": "/me",
        "display": "standalone", "background_color": "#fbfaf7", "theme_color": "#0f766e",
        "icons": [
            {"src": url_for("assets.icon"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *({"src": asset(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png",
               "purpose": "any maskable"} for side in (192, 512)),
        ],
    }  # fmt: skip
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/manifest+json")


def _view() -> MemberView | None:
    """None until the shop has a programme."""
    return member_view(SqlFacts(reading()), phone().member.id, shop().now) if shop().programme else None


def _way(view: MemberView | None) -> str:
    """How far it is to the next level."""
    programme = shop().programme
    return way_words(view.tier, programme) if view and view.tier and programme else ""


def _fresh_code() -> Markup:
    return qr_picture(new_pass(phone().handle, services().now(), secret()), _("QR code of your pass"))


def _words() -> dict[str, Any]:
    return {"level_style": level_style, "member": phone().member}


def _conventions() -> Conventions:
    config = services().config
    return Conventions(config.number_check, config.phone_region)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        abort(404)
