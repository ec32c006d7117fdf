"""The compound fields of a programme: how long points live, windows and terms of levels, what a rule gives."""

from collections.abc import Mapping
from typing import Any

from loyalty.errors import Invalid
from loyalty.points.read_rules import EVENTS
from loyalty.web.backoffice.editor.compounds import Compound, Option, Part, given
from loyalty.web.backoffice.editor.kinds import ABSENT, Choice, Lasting, Number, Text
from loyalty.web.texts import N_

PERIODS = (("month", N_("a calendar month")), ("quarter", N_("a calendar quarter")), ("year", N_("a calendar year")))
_PERIOD = Part("-time", N_("which"), Choice(PERIODS, needed=True))
UP_TO = (
    ("", N_("to the day")),
    ("month", N_("to the end of that month")),
    ("quarter", N_("to the end of that quarter")),
    ("year", N_("to the end of that year")),
)


def only(value: Any, *keys: str) -> str:
    """The first of `keys` in a map; empty when none is there."""
    return next((key for key in keys if isinstance(value, Mapping) and key in value), "")


def _take_expiry(value: Any) -> tuple[str, Mapping[str, Any]]:
    kind = only(value, "after", "inactivity", "on")
    if kind == "on":
        on = value["on"] if isinstance(value["on"], Mapping) else {}
        return kind, {f"-{key}": on[key] for key in ("day", "month", "years_later") if key in on}
    if kind:
        return kind, {"-time": value[kind], "-up": value.get("round_up", ABSENT)}
    return ("same" if value is ABSENT else "never"), {}


def _make_expiry(kind: str, values: Mapping[str, Any]) -> Any:
    if kind in ("same", "never"):
        return ABSENT if kind == "same" else "never"
    if kind == "on":
        parts = {key: values[f"-{key}"] for key in ("month", "day", "years_later")}
        return {"on": given(**parts)}
    if values["-time"] is ABSENT:
        raise Invalid("a number is wanted", pointer=f"-{kind}-time-n")
    return {kind: values["-time"], **given(round_up=values.get("-up", ABSENT))}


def expiry(own: bool, inactivity: bool = False) -> Compound:
    """`own`: of a rule, which may leave it to the wallet."""
    after = (Part("-time", N_("for"), Lasting()), Part("-up", N_("and on"), Choice(UP_TO)))
    yearly = (
        Part("-day", N_("day"), Number()),
        Part("-month", N_("month"), Number()),
        Part("-years_later", N_("years later"), Number()),
    )
    options = (
        Option("same", N_("as the wallet says") if own else N_("never expire")),
        *((Option("never", N_("never expire")),) if own else ()),
        Option("after", N_("usable for some time"), after),
        Option("on", N_("expire together on a day of the year"), yearly),
        *((Option("inactivity", N_("expire after some time without a visit"), after[:1]),) if inactivity else ()),
    )
    return Compound(options, _take_expiry, _make_expiry)


def _take_window(value: Any) -> tuple[str, Mapping[str, Any]]:
    kind = only(value, "calendar", "rolling")
    if kind:
        return kind, {"-time": value[kind]}
    return ("same" if value is ABSENT else str(value)), {}


def _make_window(kind: str, values: Mapping[str, Any]) -> Any:
    if kind in ("calendar", "rolling"):
        if values["-time"] is ABSENT:
            raise Invalid("a number is wanted", pointer=f"-{kind}-time-n")
        return {kind: values["-time"]}
    return ABSENT if kind == "same" else kind


def window(same: str, *more: Option) -> Compound:
    """Over which time a figure is counted. `same`: the words for leaving it out."""
    return Compound(
        (
            Option("same", same),
            *more,
            Option(
                "calendar", N_("in one calendar period"), (Part("-time", N_("which"), Choice(PERIODS, needed=True)),)
            ),
            Option("rolling", N_("in the latest time"), (Part("-time", N_("how long"), Lasting()),)),
        ),
        _take_window,
        _make_window,
    )


LIFETIME = Option("lifetime", N_("since joining"))
WHILE = Option("while_qualified", N_("as long as the figure is reached"))
TERM = Option("term", N_("in the time the level was held"))


def _take_lasts(value: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return (str(value["until"]), {}) if "until" in value else ("term", {"-time": value})
    return ("same" if value is ABSENT else str(value)), {}


def _make_lasts(kind: str, values: Mapping[str, Any]) -> Any:
    if kind == "term":
        if values["-time"] is ABSENT:
            raise Invalid("a number is wanted", pointer="-term-time-n")
        return values["-time"]
    if kind.startswith("end_of"):
        return {"until": kind}
    return ABSENT if kind == "same" else kind


def lasts(same: str, *more: Option) -> Compound:
    """How long a level is kept."""
    return Compound(
        (
            Option("same", same),
            *more,
            Option("term", N_("for some time"), (Part("-time", N_("how long"), Lasting()),)),
            Option("end_of_period", N_("to the end of the period")),
            Option("end_of_next_period", N_("to the end of the next period")),
            Option("for_ever", N_("for ever")),
        ),
        _take_lasts,
        _make_lasts,
    )


def _take_grace(value: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(value, Mapping):
        return "none", {}
    return "some", {"-time": value, "-up": value.get("round_up", ABSENT)}


def _make_grace(kind: str, values: Mapping[str, Any]) -> Any:
    if kind == "none":
        return ABSENT
    if values["-time"] is ABSENT:
        raise Invalid("a number is wanted", pointer="-some-time-n")
    return {**values["-time"], **given(round_up=values["-up"])}


GRACE = Compound(
    (
        Option("none", N_("none")),
        Option("some", N_("for some time"), (
            Part("-time", N_("for"), Lasting()), Part("-up", N_("and on"), Choice(UP_TO)))),
    ),
    _take_grace,
    _make_grace,
)  # fmt: skip

_EVENT_WORDS = {
    "purchase": N_("a purchase"), "first_purchase": N_("the first purchase"), "signup": N_("joining"),
    "birthday": N_("the birthday"), "referral": N_("bringing a friend"), "visit": N_("a visit"),
}  # fmt: skip
_CUSTOM = "custom:"


def _take_event(value: Any) -> tuple[str, Mapping[str, Any]]:
    word = "purchase" if value is ABSENT else str(value)
    return ("custom", {"-word": word.removeprefix(_CUSTOM)}) if word.startswith(_CUSTOM) else (word, {})


def _make_event(kind: str, values: Mapping[str, Any]) -> Any:
    if kind != "custom":
        return ABSENT if kind == "purchase" else kind
    if values["-word"] is ABSENT:
        raise Invalid("a name is wanted", pointer="-custom-word")
    return f"{_CUSTOM}{values['-word']}"


EVENT = Compound(
    (
        *(Option(word, _EVENT_WORDS[word]) for word in EVENTS),
        Option("custom", N_("something a till or program reports"), (Part("-word", N_("its word"), Text()),)),
    ),
    _take_event,
    _make_event,
)
"""What a rule is for; an event of the shop's own is `custom:<word>`."""
