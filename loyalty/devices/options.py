"""What may be set for one device at one counter: facts of its profile that shops, cables and drawers differ in.

A driver declares them as `SETTINGS`, a tuple of Option; the families that come with the product are listed here. The
bench draws its form from this, the counter's settings file is held against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from loyalty.devices.card_order import ORDERS
from loyalty.devices.profiles import Fact, Profile
from loyalty.devices.registry import module_of
from loyalty.errors import ConfigError


@dataclass(frozen=True)
class Option:
    """kind: choice, number, text or switch. A fact inside a table is written with a dot: `line.baudrate`."""

    fact: str
    kind: str
    choices: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    help: str = ""


RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
LINE = (
    Option("line.baudrate", "choice", RATES, help="speed of the serial line, as set on the device"),
    Option("line.parity", "choice", ("N", "E", "O"), help="parity of the serial line"),
)
_ORDER = Option("order", "choice", ORDERS, help="which half of a card comes first: stripe (or chip), or face")
_GS1 = Option("gs1", "switch", help="GS1 codes name members (8018) and coupons (255)")
_SERIAL_SCANNER = (
    Option("suffix", "choice", ("CR", "LF", "CRLF", "TAB", "ETX", "none"), help="how codes end"),
    Option("prefix", "text", help="what codes begin with, as hex"),
    Option("aim_id", "switch", help="codes come with their AIM identifier"),
    _GS1,
)
_FAMILIES: dict[str, tuple[Option, ...]] = {
    "escpos": (
        Option(
            "drawer_sensor", "choice", ("high is open", "low is open", "none"), help="wiring of the drawer's contact"
        ),
        Option("cut", "choice", ("full", "partial", "none"), help="what the knife does"),
        Option("code_page", "number", least=0, most=255, help="ESC t n at the start of a receipt"),
    ),
    "serial_scanner": _SERIAL_SCANNER,
    "honeywell_scanner": _SERIAL_SCANNER,
    "line_display": (
        Option("encoding", "choice", ("ascii", "cp437", "gb18030", "big5", "big5hkscs"), help="the model's characters"),
        Option("code_page", "number", least=-1, most=255, help="ESC t n when it is opened; -1 for none"),
    ),
    "ssi_scanner": (_GS1,),
    "hid_pos_scanner": (_GS1,),
    "evdev_scanner": (Option("ends_with", "choice", ("ENTER", "TAB", "any"), help="how codes end"), _GS1),
    "star_tcp": (_ORDER, Option("cold_factor", "number", least=1, most=5, help="more patience at a cold site")),
    "sanwa": (_ORDER,),
    "evolis": (_ORDER,),
    "easyprinter": (_ORDER,),
    "virtual_pointcard": (_ORDER,),
    "msr605": (Option("coercivity", "choice", ("high", "low"), help="of the shop's cards"),),
    "pcsc": (Option("token_reads", "number", least=1, most=5, help="readings that must agree"),),
}


def options_of(profile: Profile) -> tuple[Option, ...]:
    """Those of the profile's driver that this profile has a fact for."""
    try:
        declared = tuple(getattr(module_of(profile), "SETTINGS", ()))
    except ConfigError:
        declared = ()
    offered = (*LINE, *_FAMILIES.get(profile.driver, ()), *declared)
    return tuple(option for option in offered if _has(profile, option.fact))


def value_of(profile: Profile, fact: str) -> Any:
    name, _, key = fact.partition(".")
    return profile[name][key] if key else profile[name]


def set_for(profile: Profile, given: Mapping[str, Any]) -> Profile:
    """The profile with these facts; ConfigError naming the one that cannot be."""
    known = {option.fact: option for option in options_of(profile)} if given else {}
    facts = dict(profile.facts)
    for fact, value in given.items():
        if fact not in known:
            offered = ", ".join(known) or "nothing"
            raise ConfigError(f"{fact!r} cannot be set for a {profile.name}; {offered} can.", pointer=fact)
        value = _checked(known[fact], value)
        name, _, key = fact.partition(".")
        old = facts[name]
        facts[name] = Fact({**old.value, key: value} if key else value, "set at this counter", old.verified)
    return replace(profile, facts=facts)


def _checked(option: Option, value: Any) -> Any:
    match option.kind:
        case "choice":
            found = [choice for choice in option.choices if str(choice) == str(value)]
            if not found:
                named = ", ".join(map(str, option.choices))
                raise ConfigError(f"{option.fact} is one of {named}, not {value!r}.", pointer=option.fact)
            return found[0]
        case "switch":
            if not isinstance(value, bool):
                raise ConfigError(f"{option.fact} is true or false, not {value!r}.", pointer=option.fact)
        case "number":
            return _number(option, value)
        case "text":
            if not isinstance(value, str) or len(value) > 200:
                raise ConfigError(f"{option.fact} is a short text, not {value!r}.", pointer=option.fact)
    return value


def _number(option: Option, value: Any) -> float | int:
    least, most = option.least, option.most
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or (least is not None and value < least) or (most is not None and value > most):
        raise ConfigError(f"{option.fact} is a number from {least} to {most}, not {value!r}.", pointer=option.fact)
    return int(value) if float(value).is_integer() else float(value)


def _has(profile: Profile, fact: str) -> bool:
    name, _, key = fact.partition(".")
    return name in profile.facts and (not key or key in profile[name])
