"""Help: the keys, the words, and what stands where."""

from flask import Blueprint, render_template

from loyalty.web.access import allows
from loyalty.web.texts import _

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
@allows("account.use")
def page() -> str:
    return render_template("help.html", purposes=purposes())


def purposes() -> dict[str, str]:
    """What each place of the rail is for, by its endpoint."""
    return {
        "home.page": _("What waits for you, and the figures of the day."),
        "work.index": _("Sales with a card that belongs to nobody, and other reports of the counters."),
        "analyses.index": _(
            "Who buys, who stays away, what each member is worth; reports; groups of members by rules."
        ),
        "members.index": _(
            "Everybody who joined. A member’s page tells what happened; “Explain” beside any points shows rule,"
            " arithmetic and expiry."
        ),
        "prospects.index": _("People who are not members yet: where they buy today, who brought them."),
        "cards.index": _("Cards in stock and in use, their face, and printing many at once."),
        "care.index": _("Complaints and what became of them, surveys, visits of the shops."),
        "programme.page": _("Levels, rules and rewards in words, and the document they come from."),
        "campaigns.index": _("Something for some members, for some days, and what it brought; challenges."),
        "messages.index": _("E-mails to members who agreed to them, and what became of each."),
        "devices.index": _("Counters, printers and readers: what needs a hand, and what to do about it."),
        "jobs.index": _("Bring members along from files, write files, back up."),
        "staff.index": _("Who may log in, and what each may do."),
        "settings.page": _("Name and languages, cards on phones, the mail server, keys of tills and programs."),
        "audit.page": _("Who changed what, when and why."),
    }
