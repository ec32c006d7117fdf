"""The encoder that is built once writes what json writes, letter by letter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.db.json_text import as_json, encoding

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_it_writes_what_json_writes(value: Any) -> None:
    assert as_json(value) == json.dumps(value)
    assert _sorted(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_sorted = encoding(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_what_is_no_json_is_refused_as_by_json() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        as_json({"a": object()})
    itself: list[Any] = []
    itself.append(itself)
    with pytest.raises(RecursionError):
        as_json(itself)
