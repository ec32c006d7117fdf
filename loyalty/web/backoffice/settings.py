"""What the shop calls itself on these pages, and where everything else of the shop is set."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loyalty.checkout.offline_policy import DAYS as OFFLINE_DAYS
from loyalty.checkout.offline_policy import MOST_DAYS as MOST_OFFLINE_DAYS
from loyalty.checkout.offline_policy import MOST_POINTS
from loyalty.checkout.offline_policy import POINTS as OFFLINE_POINTS
from loyalty.checkout.prune_receipts import DEFAULT_DAYS as UNCLAIMED_KEPT
from loyalty.checkout.prune_receipts import MOST_DAYS as MOST_UNCLAIMED_DAYS
from loyalty.checkout.prune_receipts import UNCLAIMED_DAYS
from loyalty.db.session import write
from loyalty.db.shop_settings import all_set, put
from loyalty.ops.programme_approval import SETTING as APPROVAL
from loyalty.passes.book import counts
from loyalty.passes.state import states_of
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES
from loyalty.web.notices import say
from loyalty.web.portal.switch import ADDRESS, CLAIM_DAYS, DEFAULT_DAYS, MOST_DAYS
from loyalty.web.portal.switch import SETTING as PORTAL
from loyalty.web.report_files import DAYS_KEPT as REPORT_DAYS
from loyalty.web.report_files import DEFAULT_DAYS as REPORTS_KEPT
from loyalty.web.report_files import MOST_DAYS as MOST_REPORT_DAYS
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, crossed, show_crossing
from loyalty.web.wrong_fields import wrong_at

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

LONGEST_NAME = 80
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,200}\Z")
_OFFLINE = {OFFLINE_POINTS: MOST_POINTS, OFFLINE_DAYS: MOST_OFFLINE_DAYS}
"""Limits of counters without the server, and the largest of each."""
_DAYS = {CLAIM_DAYS: MOST_DAYS, REPORT_DAYS: MOST_REPORT_DAYS, UNCLAIMED_DAYS: MOST_UNCLAIMED_DAYS}
"""Settings in days, and the most of each."""
_UNSET = {APPROVAL: False, PORTAL: False, CLAIM_DAYS: DEFAULT_DAYS, REPORT_DAYS: REPORTS_KEPT,
          UNCLAIMED_DAYS: UNCLAIMED_KEPT}  # fmt: skip


@blueprint.get("")
@allows("settings.manage", fresh=True)
def page() -> str:
    return _page(all_set(reading()))


@blueprint.post("")
@allows("settings.manage", fresh=True)
def save() -> Response | tuple[str, int]:
    """All settings at once; a wrong one changes none."""
    wish: dict[str, Any] = {"shop_name": " ".join(request.form.get("shop_name", "").split())}
    wish["language"] = request.form.get("language", "")
    wish[APPROVAL] = APPROVAL in request.form
    wish[PORTAL] = PORTAL in request.form
    wish[ADDRESS] = request.form.get(ADDRESS, "").strip().rstrip("/")
    wish |= {name: request.form.get(name, str(_UNSET[name])).strip() for name in _DAYS}
    wish |= {name: request.form.get(name, "").strip() for name in _OFFLINE}
    both = crossed(request.form, _shown(all_set(reading())), _shown(wish))
    if both is not None:
        show_crossing(both, _labels())
        return _page(both.values), 412
    wrong = _faults(wish)
    if wrong:
        return _page(wish, wrong), 422
    wish |= {name: int(wish[name]) for name in (*_DAYS, *_OFFLINE) if wish[name]}
    now = services().now()
    with write(services().engine) as session:
        before = {name: all_set(session).get(name, _UNSET.get(name, "")) for name in wish}
        for name, value in wish.items():
            put(session, name, value, now)
        if before != wish:
            tell(session, "settings.change", "settings:shop", before=before, after=wish)
    say(_("The settings are saved."))
    return redirect(url_for("settings.page"), code=303)


def _faults(wish: Mapping[str, Any]) -> dict[str, str]:
    name, wrong = wish["shop_name"], {}
    if len(name) > LONGEST_NAME or not name.isprintable():
        wrong["shop_name"] = _("Use at most 80 characters that can be printed.")
    if wish["language"] not in ("", *LANGUAGES):
        wrong["language"] = _("Choose one of the languages.")
    if wish[ADDRESS] and not _ADDRESS.match(wish[ADDRESS]):
        wrong[ADDRESS] = _("Write it as https://club.example.com, without anything behind the name.")
    for days, longest in _DAYS.items():
        if not _whole(wish[days], longest):
            wrong[days] = _("Write a number of days from 0 to %(most)s.", most=longest)
    for name, most in _OFFLINE.items():
        if wish[name] and not _whole(wish[name], most):
            wrong[name] = _("Write a whole number from 0 to %(most)s, or nothing.", most=f"{most:,}")
    return wrong


def _whole(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of the form, as they stand in it."""
    names = ("shop_name", "language", APPROVAL, PORTAL, ADDRESS, *_DAYS, *_OFFLINE)
    return {name: {**_UNSET, **values}.get(name, "") for name in names}


def _labels() -> dict[str, str]:
    return {
        "shop_name": _("Name of the shop"),
        "language": _("Language for those whose browser asks for none of ours"),
        APPROVAL: _("A second person agrees to every version of the programme"),
        PORTAL: _("Members see their card on their own phone"),
        ADDRESS: _("Address at which phones reach it"),
        CLAIM_DAYS: _("Days for which the code on a receipt without a card brings its points"),
        UNCLAIMED_DAYS: _("Days after which a sale that nobody claimed is closed"),
        REPORT_DAYS: _("Days for which files of scheduled reports are kept"),
        OFFLINE_POINTS: _("Points of one member that a counter may give away in 24 hours without the server"),
        OFFLINE_DAYS: _("Days after which a member who was not seen since can redeem nothing without the server"),
    }


def _page(values: Mapping[str, Any], wrong: Mapping[str, str] | None = None) -> str:
    wrong_at(wrong or {})
    config = services().config
    return render_template(
        "settings.html", values={**_UNSET, **values}, wrong=wrong or {}, shop=shop(), config=config,
        wallets=states_of(config, services().now()),
        wallet_counts=counts(reading()), longest=LONGEST_NAME, was=as_seen(_shown(all_set(reading()))),
    )  # fmt: skip
