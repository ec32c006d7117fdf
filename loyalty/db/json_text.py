"""JSON as text, made by an encoder that is built once: `json.dumps` builds one for every value, which takes longer."""

import json
from collections.abc import Callable
from json import encoder
from typing import Any

Encode = Callable[[Any], str]


def encoding(**settings: Any) -> Encode:
    """What `json.JSONEncoder(**settings).encode` writes, sooner. A value that holds itself is a RecursionError."""
    plain = json.JSONEncoder(**settings)
    build = getattr(encoder, "c_make_encoder", None)
    if build is None:  # a Python whose json is written in Python alone
        return plain.encode
    text_of = encoder.encode_basestring_ascii if plain.ensure_ascii else encoder.encode_basestring
    pieces = build(
        None, plain.default, text_of, plain.indent, plain.key_separator, plain.item_separator, plain.sort_keys,
        plain.skipkeys, plain.allow_nan,
    )  # fmt: skip
    return lambda value: "".join(pieces(value, 0))


as_json: Encode = encoding()
"""As `json.dumps` writes it."""
