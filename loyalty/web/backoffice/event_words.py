"""Events of a member's timeline, cards and movements of points in one sentence each, in the page's language."""

from typing import Any

from markupsafe import Markup

from loyalty.web.access import permitted
from loyalty.web.backoffice import messages_view
from loyalty.web.backoffice.care_words import channel_word, event_word
from loyalty.web.backoffice.levels import level_style
from loyalty.web.backoffice.member_consents import purpose_word
from loyalty.web.backoffice.timeline_view import Event, PointsRow
from loyalty.web.backoffice.tokens import token_name
from loyalty.web.numbers import money
from loyalty.web.shop import shop
from loyalty.web.texts import _

_BOOKINGS = {
    "redeem": "gift",
    "credit": "plus",
    "debit": "minus",
    "return": "arrow-back-up",
    "cancel": "arrow-back-up",
    "reverse": "arrow-back-up",
    "assign_tier": "award",
    "topup": "cash",
    "refund_topup": "cash",
}


_RECORD_ICONS = {
    "clock": "hourglass",
    "joined": "user-plus",
    "edit": "notebook",
    "consent": "circle-check",
    "merge": "users",
    "household": "home",
    "print": "printer",
    "task": "info-circle",
    "care": "phone",
    "erased": "x",
    "message": "mail",
}


def event_icon(event: Event) -> str:
    """Name of the icon before the sentence."""
    if event.kind == "purchase":
        return "arrow-back-up" if event.facts["cancelled"] else "receipt"
    if event.kind == "booking":
        return _BOOKINGS.get(event.facts["verb"], "coins")
    if event.kind == "level":
        return ("user", "award", "crown", "diamond")[level_style(event.facts["tier"])]
    if event.kind == "card":
        return "credit-card-off" if event.facts["event"] in ("blocked", "lost") else "credit-card"
    return _RECORD_ICONS[event.kind]


def event_sentence(event: Event) -> str | Markup:
    """What happened."""
    if event.kind == "purchase":
        return _purchase(event)
    if event.kind == "booking":
        return _booking(event)
    if event.kind == "level":
        return _level(event)
    if event.kind == "card":
        return _card(event)
    if event.kind == "clock":
        return {
            "expire": _("Points expired"),
            "earn": _("Points for a day of the year"),
        }.get(event.facts["kind"], _("Done by the calendar"))
    return _record(event) or _("Joined %(shop)s", shop=shop().name)


def _care(facts: dict[str, Any]) -> str:
    """Words of cases and contacts are for those only who may see cases."""
    said = event_word(facts["event"])
    if facts["channel"]:
        said = f"{said} ({channel_word(facts['channel'])})"
    words = facts["subject"] or facts["words"]
    return f"{said}: {words}" if words and permitted("care.view") else said


def _record(event: Event) -> str:
    """What was done to the record itself; empty for joining."""
    facts = event.facts
    if event.kind == "edit":
        said = _("Record shown or taken away") if facts["action"] == "member.personal" else _("Record changed")
        return f"{said} ({facts['by']})"
    if event.kind == "consent":
        word = purpose_word(facts["purpose"])
        return _("Agreed: %(what)s", what=word) if facts["given"] else _("Refused: %(what)s", what=word)
    if event.kind == "merge":
        said = _("Parted from another record again") if facts["undone"] else _("Merged with another record")
        return f"{said} ({facts['why']})" if facts["why"] else said
    if event.kind == "household":
        return _("Joined a household") if facts["event"] == "joined" else _("Left a household")
    if event.kind == "print":
        return _("Card printed at %(counter)s", counter=facts["counter"])
    if event.kind == "message":
        why = facts["reason"] and messages_view.reason_word(facts["reason"])
        fate = why or messages_view.status_word(facts["status"])
        return f"{messages_view.channel_word(facts['channel'])}: {facts['said']} · {fate}"
    if event.kind == "task":
        return _("Purchase found its member by the code on the receipt") if facts["claimed"] else str(facts["sentence"])
    if event.kind == "care":
        return _care(facts)
    return _("Everything personal was erased") if event.kind == "erased" else ""


def _purchase(event: Event) -> Markup:
    facts = event.facts
    paid = money(facts["total"])
    said = (
        _("Bought for %(money)s at %(store)s", money=paid, store=facts["store"])
        if facts["store"]
        else _("Bought for %(money)s", money=paid)
    )
    if facts["cancelled"]:
        return Markup("<s>{}</s> · {}").format(said, _("cancelled"))
    if facts["refunded"]:
        return Markup("{} · {}").format(said, _("%(money)s of it returned", money=money(facts["refunded"])))
    return Markup("{}").format(said)


def _booking(event: Event) -> str:
    verb = str(event.facts["verb"])
    return {
        "redeem": _("Redeemed a reward"),
        "credit": _("Points credited by hand"),
        "debit": _("Points taken off by hand"),
        "return": _("Brought something back"),
        "cancel": _("A sale was cancelled"),
        "reverse": _("A booking was undone"),
        "event": _("An event gave points"),
        "hold": _("Points set aside"),
        "capture": _("Points set aside were used"),
        "release": _("Points set aside were given back"),
        "transfer": _("Points passed on"),
        "topup": _("Topped up"),
        "refund_topup": _("A top-up was paid back"),
        "assign_tier": _("Level set by hand"),
    }.get(verb, verb)


def _level(event: Event) -> str:
    tier, before = event.facts["tier"], event.facts["before"]
    ranks = {level.name: level.rank for level in shop().levels}
    if tier is None:
        return _("No level any more")
    if before is None or ranks.get(tier, 0) > ranks.get(before, 0):
        return _("Reached %(level)s", level=tier) if before is not None else _("Started as %(level)s", level=tier)
    return _("Now %(level)s, before %(before)s", level=tier, before=before)


def _card(event: Event) -> str:
    facts = event.facts
    card = _("%(kind)s …%(tail)s", kind=token_name(facts["kind"]), tail=facts["token"][-4:])
    said = {
        "issued": _("Card issued: %(card)s", card=card),
        "active": _("Card in use: %(card)s", card=card),
        "blocked": _("Card blocked: %(card)s", card=card),
        "lost": _("Card reported lost: %(card)s", card=card),
        "replaced": _("Card replaced: %(card)s", card=card),
        "retired": _("Card taken out of use: %(card)s", card=card),
    }.get(facts["event"], card)
    return f"{said} ({facts['reason']})" if facts["reason"] else said


def card_status(status: str) -> str:
    """The state of a card."""
    return {
        "issued": _("not used yet"),
        "active": _("in use"),
        "blocked": _("blocked"),
        "lost": _("lost"),
        "replaced": _("replaced"),
        "retired": _("out of use"),
    }.get(status, status)


def status_word(status: str) -> str:
    """Why a record is not active."""
    return {"merged": _("merged"), "erased": _("erased")}.get(status, _("closed"))


def points_word(row: PointsRow) -> str:
    """What a movement of points was."""
    return {
        "earn": _("earned"),
        "credit": _("credited"),
        "spend": _("redeemed"),
        "debit": _("taken off"),
        "expire": _("expired"),
        "return": _("taken back"),
        "restore": _("given back"),
        "transfer": _("passed on") if row.amount < 0 else _("received"),
        "topup": _("topped up"),
        "refund": _("paid back"),
    }.get(row.kind, row.kind)
