"""Contract values <-> JSON, by pydantic: Decimals and moments travel as text, unknown keys are refused."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from loyalty.errors import Invalid

T = TypeVar("T")


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(value: object) -> Any:
    """The value as JSON-able dicts, lists and text."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], data: object) -> T:
    """A value of `kind`; Invalid naming the first field that is wrong."""
    try:
        value: T = _adapter(kind).validate_python(data, strict=False, extra="forbid")
        return value
    except ValidationError as error:
        first = error.errors()[0]
        path = "/".join(str(part) for part in first["loc"])
        raise Invalid(f"The field {path or 'body'!r} is wrong: {first['msg']}.", pointer="/" + path) from error


