"""Bring a friend: a member's own link as text and picture, what it gives, and how many came by it."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from loyalty.db.session import write
from loyalty.db.shop_settings import all_set
from loyalty.members.referrals import LONGEST, THANKED, brought_by, code_of, known_code
from loyalty.web.backoffice.programme_words import award_words
from loyalty.web.database import reading
from loyalty.web.numbers import listed
from loyalty.web.portal.blueprint import blueprint
from loyalty.web.portal.guard import phone
from loyalty.web.portal.picture import qr_picture
from loyalty.web.portal.switch import ADDRESS, is_on
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

link = Blueprint("friends", __name__)
"""The short address that members pass on, outside the portal's cookie."""


@link.get("/join")
def follow() -> Response:
    """Looks nothing up: whoever tries codes learns nothing from the answer."""
    if not is_on(reading()):
        abort(404)
    return redirect(url_for("portal.join", by=request.args.get("by", "")[:LONGEST]))  # type: ignore[return-value]


@blueprint.get("/friends")
def friends() -> str:
    """The link is made when it is first looked at, and stays the same."""
    member = phone().member.id
    code = known_code(reading(), member)
    if code is None:
        with write(services().engine) as session:
            code = code_of(session, member, services().now())
    came = brought_by(reading(), member)
    address = _address(code)
    return render_template(
        "portal_friends.html", address=address, picture=qr_picture(address, _("QR code of your link")),
        came=len(came), bought=sum(each.status == THANKED for each in came), mine=_gives(False), theirs=_gives(True),
    )  # fmt: skip


def _address(code: str) -> str:
    base = str(all_set(reading()).get(ADDRESS) or services().config.public_url or request.url_root)
    return f"{base.rstrip('/')}/join?by={code}"


def _gives(to_other: bool) -> str:
    """What the programme gives for it in words; empty for nothing."""
    programme = shop().programme
    rules = [rule for rule in programme.earn if rule.on == "referral" and rule.enabled] if programme else []
    mine = [rule for rule in rules if rule.to_other is to_other]
    return listed(award_words(rule, programme.wallet(rule.wallet)) for rule in mine) if programme and mine else ""
