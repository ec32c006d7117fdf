"""What the last pages of a draft show, and why it is not put in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template

from loyalty.ops.programme_approval import second_person_needed
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.backoffice.editor.draft_view import Opened
from loyalty.web.backoffice.editor.moving import Progress, about_levels
from loyalty.web.backoffice.editor.pages import around
from loyalty.web.backoffice.programme_difference import difference
from loyalty.web.backoffice.programme_edit_view import Result, moment_words
from loyalty.web.backoffice.programme_trial import Trial, try_out
from loyalty.web.database import reading
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _


@dataclass(frozen=True)
class Wish:
    """What the person wants: now or at a moment of the shop's clock, and why."""

    later: bool = False
    moment: str = ""
    why: str = ""
    all_the_same: bool = False

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Wish":
        moment, why = form.get("moment", "").strip()[:40], form.get("why", "").strip()[:2000]
        return cls(form.get("when") == "later", moment, why, "all_the_same" in form)


def trial_of(found: Opened, text: str) -> Trial | None:
    """The scenarios run on the draft; None where there are none or the draft has faults."""
    return try_out(text, found.document) if text.strip() and found.text.document is not None else None


def refusal_of(found: Opened, wish: Wish, at: datetime | None, trial: Trial | None) -> str:
    """Why the draft is not put in force; empty when it may be."""
    latest = SqlFacts(reading()).latest()
    if found.text.document is None:
        return _("Nothing was put in force: the text has faults.")
    if found.draft.after != (latest.number if latest else 0):
        return _("Somebody else has put a version meanwhile. Look at what differs, then go on.")
    if at is None:
        return _("This moment cannot be: give a time from now on, as the shop's clock shows it.")
    if latest is not None and at < latest.at:
        return _(
            "Version %(number)s is planned for %(moment)s. Take a moment after that, or withdraw it first.",
            number=latest.number, moment=moment_words(latest.at),
        )  # fmt: skip
    if trial is not None and not trial.holds and not wish.all_the_same:
        return _("Nothing was put in force: not all scenarios hold. Mend the text, or tick that it is meant.")
    if second_person_needed(reading()) and not wish.why:
        return _("Say why the programme is to change: whoever agrees has to know.")
    return ""


def scenarios_page(found: Opened, typed: str | None = None, trial: Trial | None = None, refusal: str = "") -> str:
    """The scenarios left, what came of them right."""
    return render_template(
        "draft_scenarios.html",
        **around(found, "scenarios"),
        scenarios=found.draft.scenarios if typed is None else typed,
        ran=typed is not None and not refusal,
        result=Result(found.text, trial=trial),
        refusal=refusal,
    )


def finish_page(
    found: Opened, wish: Wish, refusal: str = "", trial: Trial | None = None, progress: Progress | None = None
) -> str:
    """What differs from what is in force, who would move, and the fields for going into force."""
    facts = SqlFacts(reading())
    present = facts.version(services().now())
    document: Any = found.text.document
    midnight = shop().today + timedelta(days=1)
    return render_template(
        "draft_finish.html",
        **around(found, "finish"),
        wish=wish,
        refusal=refusal,
        result=Result(found.text, trial=trial),
        present=present,
        compared=difference(present.document, document) if present and document is not None else None,
        levels_differ=about_levels(reading(), document),
        progress=progress,
        programme=found.programme,
        midnight=f"{midnight.isoformat()}T00:00",
        zone=shop().zone.key,
    )
