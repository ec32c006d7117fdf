"""What a button of the editor does to the document, and how the step is called."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.points.yaml_core import Path
from loyalty.web.backoffice.editor.changes import Change, Cut, Insert, Move, Put, changed, value_at
from loyalty.web.backoffice.editor.presets import PRESETS, added, free_name
from loyalty.web.backoffice.editor.sections import Section
from loyalty.web.texts import _

Document = Mapping[str, Any]
DEEDS = ("copy", "up", "down", "off", "on", "remove")
KEYED = ("wallets", "segments")
"""Sections whose entries stand under their names, in a map."""
NAMED_AT = {"tiers": (("when", "tier"), ("tiers",)), "segments": (("when", "segment"),)}
"""Where rules, rewards and offers name entries of a section."""


def name_of(section: Section, document: Document, number: int) -> str:
    """The name of an entry; of the section for the part its entries have in common."""
    path = section.entry(document, number)
    if not number or path is None:
        return _(section.word)
    if section.key in KEYED:
        return str(path[-1])
    entry = value_at(document, path)
    return str(entry.get("name", number)) if isinstance(entry, Mapping) else str(number)


def deed(section: Section, document: Document, number: int, do: str) -> tuple[list[Change], str, int]:
    """The changes of a button, the step in words, and the number of the entry to look at next."""
    path = section.entry(document, number)
    if path is None or not number:
        return [], "", number
    name = name_of(section, document, number)
    if do in ("up", "down"):
        by = -1 if do == "up" else 1
        if not 1 <= number + by <= len(section.keys(document)):
            return [], "", number
        return [Move(path, by)], _("%(name)s moved", name=name), number + by
    if do == "copy":
        return list(_copy(section, document, path, number)), _("%(name)s duplicated", name=name), number + 1
    if do == "remove":
        return [_removed(section, document, path)], _("%(name)s removed", name=name), max(1, number - 1)
    if section.switch and do == "off":
        return [Put((*path, "enabled"), False)], _("%(name)s switched off", name=name), number
    if section.switch and do == "on":
        return [Cut((*path, "enabled"))], _("%(name)s switched on", name=name), number
    return [], "", number


def addition(section: Section, document: Document, key: str) -> tuple[list[Change], str, int]:
    """As `deed`, for a pattern that is added."""
    changes = added(section, key, document)
    after: Any = document
    for change in changes:
        after = changed(after, change)
    label = next((_(each.label) for each in PRESETS[section.key] if each.key == key), "")
    return changes, _("%(name)s added", name=label), len(section.keys(after))


def _copy(section: Section, document: Document, path: Path, number: int) -> Iterator[Change]:
    entry, name = value_at(document, path), name_of(section, document, number)
    wish = free_name(section, document, name)
    if section.key in KEYED:
        yield Put((*section.path, wish), entry)
        for _step in range(len(section.keys(document)) - number):
            yield Move((*section.path, wish), -1)
    else:
        yield Insert(section.path, number, {**entry, "name": wish})


def _removed(section: Section, document: Document, path: Path) -> Change:
    if len(section.keys(document)) > 1 or section.key == "wallets":
        return Cut(path)
    return Cut(section.path[:1])


def renamed(section: Section, document: Document, old: Any, new: Any) -> Iterator[Change]:
    """What else must change when an entry is called otherwise: levels and segments are named by rules and rewards."""
    before, after = (each.get("name") if isinstance(each, Mapping) else None for each in (old, new))
    if before is None or before == after or not isinstance(after, str):
        return
    for path, held in naming(section, document, before):
        if held == before:
            yield Put(path, after)
        else:
            yield from (Put((*path, n), after) for n, each in enumerate(held) if each == before)


def naming(section: Section, document: Document, name: str) -> Iterator[tuple[Path, Any]]:
    """Where an entry is named, and what stands there: its name, or a list with it."""
    for part in ("earn", "rewards", "offers"):
        for index, entry in enumerate(document.get(part) or []):
            for path in NAMED_AT.get(section.key, ()):
                held = value_at(entry, path)
                if held == name or (isinstance(held, list) and name in held):
                    yield (part, index, *path), held


def still_named(section: Section, document: Document, number: int) -> str:
    """Names of the rules, rewards and offers that ask for a segment; nobody would fit them without it."""
    path = section.entry(document, number)
    if section.key != "segments" or path is None:
        return ""
    found = [value_at(document, place[:2]) for place, _held in naming(section, document, str(path[-1]))]
    return ", ".join(str(each.get("name", "")) for each in found)


def name_faults(section: Section, document: Document, old: Any, new: Any) -> dict[str, str]:
    """What is wrong with the new key of a keyed entry, by field."""
    name = new.get("name")
    if not name:
        return {"v-name": "a name is wanted"}
    if name != old["name"] and name in section.keys(document):
        return {"v-name": f"the name {name!r} is used twice"}
    return {}
