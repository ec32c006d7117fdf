"""Names of the columns that may stand in the members' list, in the page's language."""

from collections.abc import Mapping

from loyalty.web.texts import _


def column_words() -> Mapping[str, str]:
    """By column of `members_filter.COLUMNS`."""
    return {
        "level": _("Level"),
        "points": _("Points"),
        "expiring": _("Expire soon"),
        "spend": _("Spent"),
        "visit": _("Last visit"),
        "joined": _("Member since"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "language": _("Language"),
    }
