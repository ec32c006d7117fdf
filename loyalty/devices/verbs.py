"""A driver's verbs by name, as a technician types them: `take_in 30`, `write_stripe 2=0412`, `rewrite trial`."""

import inspect
import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any

from loyalty.contract.paper import Text
from loyalty.contract.raster import Raster
from loyalty.devices.check.patterns import trial_face
from loyalty.devices.check.receipt_printer import slip
from loyalty.errors import Invalid

DEFAULT_TIMEOUT_S = 30.0
_NOT_FOR_PEOPLE = {"close", "start"}


def verbs_of(driver: Any) -> dict[str, Callable[..., Any]]:
    """Public methods by name."""
    names = (name for name in dir(driver) if not name.startswith("_") and name not in _NOT_FOR_PEOPLE)
    found = {
        name: getattr(driver, name) for name in names if not isinstance(getattr(type(driver), name, None), property)
    }
    return {name: value for name, value in found.items() if inspect.ismethod(value)}


def usage(verb: Callable[..., Any]) -> str:
    """`take_in [timeout_s]: Wait for a card …`, from signature and docstring."""
    words = [verb.__name__]
    for parameter in inspect.signature(verb).parameters.values():
        if not _is_callback(parameter):
            optional = parameter.default is not parameter.empty or parameter.name == "timeout_s"
            words.append(f"[{parameter.name}]" if optional else parameter.name.upper())
    doc = (inspect.getdoc(verb) or "").partition("\n")[0]
    return " ".join(words) + (f": {doc}" if doc else "")


def call(driver: Any, words: list[str]) -> str:
    """Calls the verb `words[0]` with the rest as arguments; its result in text. Invalid when that cannot be done."""
    known = verbs_of(driver)
    if words[0] not in known:
        raise Invalid(f"This device has no verb {words[0]!r}; known are {', '.join(known)}.")
    verb = known[words[0]]
    return shown(verb(**_arguments(verb, words[1:], driver)))


def shown(value: Any) -> str:
    """A result for people."""
    if value is None:
        return "done"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return value.hex(" ")
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__} {json.dumps(asdict(value), default=_plain, ensure_ascii=False)}"
    return str(value)


def _arguments(verb: Callable[..., Any], given: list[str], driver: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    left = list(given)
    for parameter in inspect.signature(verb).parameters.values():
        if _is_callback(parameter):
            arguments[parameter.name] = lambda: False
        elif parameter.kind is parameter.VAR_POSITIONAL:
            raise Invalid(f"{verb.__name__} takes a list that cannot be typed here; use another verb or raw hex.")
        elif left:
            arguments[parameter.name] = _value(parameter, left.pop(0), driver)
        elif parameter.name == "timeout_s":
            arguments[parameter.name] = DEFAULT_TIMEOUT_S
        elif parameter.default is parameter.empty:
            raise Invalid(f"{verb.__name__} needs {parameter.name}: {usage(verb)}")
    if left:
        raise Invalid(f"{verb.__name__} has no use for {left[0]!r}: {usage(verb)}")
    return arguments


def _value(parameter: inspect.Parameter, text: str, driver: Any) -> Any:
    wanted = str(getattr(parameter.annotation, "__name__", parameter.annotation))
    try:
        if parameter.annotation is int:
            return int(text, 0)
        if parameter.annotation is float:
            return float(text)
        if parameter.annotation is bool:
            return text.lower() in ("yes", "true", "on", "1")
        if parameter.annotation is bytes:
            return bytes.fromhex(text)
        if parameter.annotation is Raster or "Raster" in str(parameter.annotation):
            return trial_face(driver.face_dots) if text == "trial" else Raster.blank(*driver.face_dots)
        if "dict[int, str]" in str(parameter.annotation):
            return {int(track): data for track, _, data in (pair.partition("=") for pair in text.split(","))}
        if "Part" in str(parameter.annotation):
            return slip(driver.paper_dots) if text == "trial" else [Text(text)]
        if "Sequence[int]" in str(parameter.annotation):
            return [int(number) for number in text.split(",")]
        if "list[str]" in str(parameter.annotation) or "Sequence[str]" in str(parameter.annotation):
            return text.split("|")
    except ValueError as error:
        wanted = {"float": "a number", "int": "a whole number", "bytes": "hex digits"}.get(wanted, wanted)
        raise Invalid(f"{parameter.name} is {wanted}; {text!r} is none.") from error
    return text


def _is_callback(parameter: inspect.Parameter) -> bool:
    return parameter.name == "cancelled"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else str(value)
