"""Two people change one thing at the same time: nobody overwrites the other, and both see what the other did.

A form carries the thing as it was when the form was opened (`was`). If that is no longer how it stands, nothing is
saved: what only one side changed is taken over, what both changed stands side by side until it is sent again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, g

WAS = "was"
"""The hidden field."""


@dataclass(frozen=True)
class Clash:
    """A field that was changed here and there. `theirs` stands in the record now, `mine` was typed."""

    field: str
    before: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Merged:
    """`values` for the form: what only one side changed is taken over, what both changed stays as typed."""

    values: Mapping[str, str]
    clashes: tuple[Clash, ...]
    taken: tuple[str, ...]
    """Fields that only the other person changed."""


def as_seen(values: Mapping[str, object]) -> str:
    """For the hidden field of a form that shows `values`."""
    return json.dumps({name: _text(value) for name, value in values.items()}, ensure_ascii=False)


def seen(form: Mapping[str, str], fields: Iterable[str]) -> dict[str, str]:
    """The record as it was when the form was opened; empty when that was not sent."""
    try:
        was = json.loads(form.get(WAS, ""))
    except (ValueError, RecursionError):
        return {}
    return {name: str(was[name]) for name in fields if name in was} if isinstance(was, dict) else {}


def merged(was: Mapping[str, str], now: Mapping[str, str], mine: Mapping[str, str]) -> Merged:
    """Three states of one record, field by field. Without `was` every difference is shown."""
    values, clashes, taken = dict(mine), list[Clash](), list[str]()
    for name in mine:
        before = was.get(name)
        if mine[name] == now[name]:
            continue
        if before is not None and mine[name] == before:
            values[name] = now[name]
            taken.append(name)
        elif before is None or now[name] != before:
            clashes.append(Clash(name, before or "", now[name], mine[name]))
    return Merged(values, tuple(clashes), tuple(taken))


def crossed(form: Mapping[str, str], now: Mapping[str, object], mine: Mapping[str, object]) -> Merged | None:
    """What to show when somebody else saved since the form was opened; None when nobody did, or to the same end.

    `now`: how the record stands, `mine`: what was typed, both as the form writes them. A form that came without what it
    had shown, from a program, is not held up.
    """
    stands, typed = ({name: _text(value) for name, value in one.items()} for one in (now, mine))
    was = seen(form, stands)
    if not was or all(was.get(name, stands[name]) == stands[name] for name in stands) or typed == stands:
        return None
    return merged(was, stands, typed)


def show_crossing(both: Merged, words: Mapping[str, str]) -> None:
    """The page that answers this request says so on top. `words`: labels by field."""
    g.crossing, g.crossing_words = both, words


def install_crossing(app: Flask) -> None:
    app.jinja_env.globals.update(
        crossing=lambda: g.get("crossing"), crossing_words=lambda: g.get("crossing_words", {}), as_seen=as_seen
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
