"""The shape of each verb's body: known keys, what must be text, and a digest that goes by values.

Spec: programme, section 3. Wrong numbers and dates are found later, by the verbs themselves.
"""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.db.json_text import encoding
from loyalty.errors import Invalid
from loyalty.points.read_programme import KEYS as PROGRAMME_KEYS

TEXT, TEXTS, NUMBER, OTHER, FREE = "text", "texts", "number", "other", "free"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_LONGEST_ID = 255
_LONGEST_TEXT = 1000

_LINE = {
    **{"sku": TEXT, "category": TEXT, "labels": TEXTS},
    **{"quantity": NUMBER, "price": NUMBER, "amount": NUMBER},
}
_REDEEM = {"reward": TEXT, "quantity": NUMBER, "points": NUMBER, "units": NUMBER}
_PAY = {"wallet": TEXT, "amount": NUMBER}
_SALE = {
    **{"store": TEXT, "channel": TEXT, "tender": TEXT, "codes": TEXTS, "lines": [_LINE], "amount": NUMBER},
    **{"discount": NUMBER, "redeem": [_REDEEM], "vouchers": TEXTS, "pay": [_PAY]},
}
Shape = Mapping[str, Any]
SHAPES: Mapping[str, Shape] = {
    "purchase": _SALE,
    "quote": _SALE,
    "return": {"of": TEXT, "all": OTHER, "amount": NUMBER, "lines": [{"sku": TEXT, "quantity": NUMBER}]},
    "cancel": {"of": TEXT},
    "event": {"type": TEXT, "other": TEXT, "store": TEXT, "channel": TEXT, "codes": TEXTS, "birthday": OTHER},
    "credit": {
        **{"wallet": TEXT, "points": NUMBER, "cost": NUMBER, "earned": OTHER, "active_at": OTHER},
        **{"expires_on": OTHER, "expires_at": OTHER, "original": {"points": NUMBER, "cost": NUMBER}, "reason": OTHER},
    },
    "debit": {"wallet": TEXT, "points": NUMBER, "cost": NUMBER, "reason": OTHER},
    "redeem": {**_REDEEM, "store": TEXT, "channel": TEXT},
    "reverse": {"of": TEXT, "points": NUMBER},
    "hold": {
        **{"wallet": TEXT, "points": NUMBER, "cost": NUMBER, "reward": TEXT, "quantity": NUMBER},
        **{"until": OTHER, "store": TEXT, "channel": TEXT},
    },
    "capture": {"hold": TEXT, "points": NUMBER, "release_rest": OTHER},
    "release": {"hold": TEXT, "wallet": TEXT, "points": NUMBER},
    "transfer": {"from": TEXT, "to": TEXT, "wallet": TEXT, "points": NUMBER},
    "merge": {"from": TEXT, "to": TEXT, "wallet": TEXT, "points": NUMBER, "of": TEXT},
    "unmerge": {"of": TEXT},
    "topup": {"topup": TEXT, "wallet": TEXT, "pay": NUMBER, "bonus": FREE},
    "refund_topup": {"wallet": TEXT, "amount": NUMBER, "of": TEXT},
    "assign_tier": {"tier": TEXT, "until": OTHER, "reason": OTHER},
    "set_programme": {**{key: FREE for key in PROGRAMME_KEYS}, "change": FREE},
    "advance": {},
}
"""What each verb knows beside `id` and `member`."""

MEANS_NEVER = ("expires_on", "expires_at", "tier", "until")
"""Keys whose null says something; elsewhere null is the same as leaving the key out."""


def check(verb: str, body: Mapping[str, Any]) -> None:
    """Invalid for an unknown verb or key, and where text is wanted and something else is there."""
    if verb not in SHAPES:
        raise Invalid(f"There is no verb {verb!r}; there are: {', '.join(SHAPES)}.", pointer="verb")
    if not isinstance(body, Mapping):
        raise Invalid(f"The body of {verb!r} must be a map of keys and values.")
    _check_map(body, {"id": TEXT, "member": TEXT, **SHAPES[verb]}, "")
    id = body.get("id")
    if id is not None and not 0 < len(id) <= _LONGEST_ID:
        raise Invalid(f"An id has 1 to {_LONGEST_ID} characters.", pointer="id")


def _check_map(body: Mapping[str, Any], shape: Shape, path: str) -> None:
    for key, value in body.items():
        if key not in shape:
            raise Invalid(f"Unknown key {str(key)[:60]!r}; known here: {', '.join(shape)}.", pointer=f"{path}{key}")
        if value is not None:
            _check_value(value, shape[key], f"{path}{key}")


def _check_value(value: Any, kind: Any, path: str) -> None:
    if kind == TEXT:
        _text(value, path)
    elif kind == TEXTS:
        for each in value if isinstance(value, list | tuple) else [value]:
            _text(each, path)
    elif isinstance(kind, Mapping):
        if not isinstance(value, Mapping):
            raise Invalid(f"{path} must be a map of keys and values.", pointer=path)
        _check_map(value, kind, f"{path}.")
    elif isinstance(kind, list):
        if not isinstance(value, list | tuple):
            raise Invalid(f"{path} must be a list.", pointer=path)
        for index, each in enumerate(value):
            _check_value(each, kind[0], f"{path}[{index}]")


def _text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise Invalid(f"{path} must be text; put numbers and true/false in quotes.", pointer=path)
    if len(value) > _LONGEST_TEXT:
        raise Invalid(f"{path} is longer than {_LONGEST_TEXT} characters.", pointer=path)


def digest(verb: str, body: Mapping[str, Any]) -> str:
    """The same for the same verb and body: numbers by value, order of keys and the id itself left out."""
    shape = {"member": TEXT, **SHAPES[verb]}
    plain = {key: _plain(value, shape[key], key) for key, value in body.items() if key != "id" and _says(key, value)}
    return hashlib.sha256(_as_json([verb, plain]).encode()).hexdigest()


_as_json = encoding(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _says(key: str, value: Any) -> bool:
    return value is not None or key in MEANS_NEVER


def _plain(value: Any, kind: Any, key: str) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return {"#": _by_value(Decimal(value))}
    if isinstance(value, str):
        return {"#": _by_value(Decimal(value))} if kind == NUMBER and _NUMBER.match(value) else value
    if isinstance(value, Mapping):
        inner: Mapping[str, Any] = kind if isinstance(kind, Mapping) else {}
        return {name: _plain(each, inner.get(name), name) for name, each in value.items() if _says(name, each)}
    if isinstance(value, list | tuple):
        return [_plain(each, kind[0] if isinstance(kind, list) else None, key) for each in value]
    raise Invalid(f"{key} holds something that is no text, number, list or map.", pointer=key)


def _by_value(number: Decimal) -> str:
    if not number.is_finite() or len(number.as_tuple().digits) > 60 or abs(number.adjusted()) > 60:
        raise Invalid("A number in the body is absurdly large.")
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"
