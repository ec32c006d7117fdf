"""The editor's page: a section with its entries, the open form, the text beside them."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from flask import abort, render_template

from loyalty.members.names import masked_name
from loyalty.ops.programme_approval import second_person_needed
from loyalty.ops.programme_drafts import Draft, draft_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.yaml_places import places
from loyalty.web.access import permitted
from loyalty.web.backoffice.editor.draft_view import Opened, filled_form, opened
from loyalty.web.backoffice.editor.fault_words import fault_words
from loyalty.web.backoffice.editor.fields import Filled, fields_of, shown
from loyalty.web.backoffice.editor.kinds import DAYS
from loyalty.web.backoffice.editor.presets import PRESETS
from loyalty.web.backoffice.editor.sections import SECTIONS, Section, section_of
from loyalty.web.backoffice.editor.sentences import metric_words
from loyalty.web.backoffice.levels import level_style
from loyalty.web.database import reading
from loyalty.web.shop import shop
from loyalty.web.texts import _


def draft_or_404(id: str) -> Opened:
    """The draft of an address, read; NotFound answers 404."""
    return opened(draft_of(reading(), id))


def section_or_404(key: str) -> Section:
    return section_of(key) or abort(404)


def section_page(
    found: Opened,
    section: Section,
    number: int | None = None,
    filled: Filled | None = None,
    refusal: str = "",
    typed_text: str | None = None,
    faults: Opened | None = None,
) -> str:
    """`number`: the entry whose form is open (0: what all have in common); `filled`: what was typed into it.

    `typed_text` and `faults`: a text that was refused, and its reading.
    """
    if filled is None and number is not None:
        filled = filled_form(found, section, number)
    marked = (faults or found).text.marked
    return render_template(
        "draft.html",
        **around(found, section.key),
        section=section,
        items=found.items(section),
        number=number if filled is not None else None,
        filled=filled,
        blank=shown(filled.form, {}) if filled else {},
        refusal=refusal,
        text=found.draft.text if typed_text is None else typed_text,
        faults=(faults or found).text.faults,
        marked=marked,
        presets=[each for each in PRESETS[section.key] if each.key != "three" or not found.items(section)],
        choices=choices(found),
        fault_words=fault_words,
        here=_lines_of(found, section, number) if typed_text is None and filled is not None else frozenset(),
        metric=found.programme.tiers.metric if found.programme and found.programme.tiers else "",
    )


def _lines_of(found: Opened, section: Section, number: int | None) -> frozenset[int]:
    """The lines of the text in which the open entry stands."""
    path = section.entry(found.document, number) if number else None
    place = places(found.draft.text).at(path) if path else None
    if place is None:
        return frozenset()
    text = found.draft.text
    return frozenset(range(text.count("\n", 0, place.start) + 1, text.count("\n", 0, place.end) + 2))


def around(found: Opened, place: str) -> dict[str, object]:
    """What every page of a draft needs. `place`: the section, `scenarios` or `finish`."""
    latest = SqlFacts(reading()).latest()
    return {
        "found": found,
        "draft": found.draft,
        "place": place,
        "sections": SECTIONS,
        "latest": latest.number if latest else 0,
        "approval": second_person_needed(reading()),
        "level_style": level_style,
        "shown_name": shown_name,
        "shop": shop(),
    }


def shown_name(name: str) -> str:
    return name if permitted("member.contact") else masked_name(name)


def choices(found: Opened) -> Mapping[str, list[tuple[str, str]]]:
    """Words of this programme that fields let one choose from: (value, words)."""
    programme = found.programme
    wallets = list(programme.wallets) if programme else []
    levels = [level.name for level in programme.tiers.levels] if programme and programme.tiers else []
    metrics = ["spend", "purchases", *(f"{kind}:{name}" for name in wallets for kind in ("earned", "balance"))]
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return {
        "wallets": [("", _("%(wallet)s (the first)", wallet=wallets[0]) if wallets else ""),
                    *((name, name) for name in wallets)],
        "metrics": [(metric, metric_words(metric)) for metric in metrics],
        "levels": [(name, name) for name in levels],
        "segments": [(name, name) for name in (programme.segments if programme else ())],
        "days": list(zip(DAYS, names, strict=True)),
    }  # fmt: skip


def field_labels(filled: Filled) -> dict[str, str]:
    return {each.name: _(each.label) for each in fields_of(filled.form)}


def text_difference(old: str, new: str) -> list[tuple[int, str, str]]:
    """Lines that differ: (number in the new text, - or +, the line)."""
    before, after = old.splitlines(), new.splitlines()
    found: list[tuple[int, str, str]] = []
    for verb, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb != "equal":
            found += [(k + 1, "-", line) for line in before[i:j]]
            found += [(k + 1 + n, "+", line) for n, line in enumerate(after[k:m])]
    return found[:60]


def refused(draft: Draft) -> str:
    """Why this draft cannot be changed by this person."""
    if draft.state == "asked":
        return _("This draft waits for a second person. Take it back to change it.")
    return _("This draft was changed in another window, or it is not yours to change. Here is how it stands now.")
