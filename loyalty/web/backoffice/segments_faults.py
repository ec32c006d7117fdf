"""What is wrong with the form of a segment, at its fields; and what two people typed at the same time."""

import re
from dataclasses import replace

from flask import request

from loyalty.campaigns.segments import Segment
from loyalty.errors import LoyaltyError
from loyalty.web.backoffice.segments_view import Draft, draft_of
from loyalty.web.backoffice.segments_words import rules_words
from loyalty.web.database import reading
from loyalty.web.shop import shop
from loyalty.web.texts import _
from loyalty.web.two_at_once import crossed, show_crossing
from loyalty.web.wrong_fields import refused_at


def blame(fault: LoyaltyError) -> None:
    """The refusal at the condition that it counts, else at the name."""
    said = re.match(r"Condition (\d+): (days )?", str(fault))
    place = f"{'days' if said.group(2) else 'value'}-{int(said.group(1)) - 1}" if said else "name"
    refused_at(fault, {}, place)


def text_of(draft: Draft) -> dict[str, str]:
    """A segment's form as three texts, of which one is what its conditions say."""
    said = [" ".join((row.fact, row.word, row.value, *row.ticked, row.days, row.of)) for row in draft.rows]
    return {"name": draft.name, "note": draft.note, "rules": "\n".join([str(draft.every), *said])}


def both_at_once(draft: Draft, before: Segment) -> Draft | None:
    """The form to look at again when somebody else changed the segment meanwhile: their conditions in words."""
    stands = draft_of(before)
    both = crossed(request.form, text_of(stands), text_of(draft))
    if both is None:
        return None
    theirs = rules_words(reading(), shop(), before.rules)
    clashes = tuple(
        each if each.field != "rules" else replace(each, theirs=theirs, mine=_("as in the form below"))
        for each in both.clashes
    )
    show_crossing(replace(both, clashes=clashes), {
        "name": _("Name of the segment"), "note": _("Note"), "rules": _("Whom do we mean?"),
    })  # fmt: skip
    rows = stands if "rules" in both.taken else draft
    return Draft(both.values["name"], both.values["note"], rows.every, rows.rows)
