"""Contract values <-> JSON, by pydantic: Decimals and moments travel as text, unknown keys are refused."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from loyalty.errors import Invalid

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: object) -> Any:
    """The value as JSON-able dicts, lists and text."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], data: object) -> T:
    """A value of `kind`; Invalid naming the first field that is wrong."""
    try:
        return _adapter(kind).validate_python(data, strict=False, extra="forbid")  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors()[0]
        path = "/".join(str(part) for part in first["loc"])
        raise Invalid(f"The field {path or 'body'!r} is wrong: {first['msg']}.", pointer="/" + path) from error


