"""Contract values survive JSON, and strangers' JSON is refused by name."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty.contract.commands import CancelPurchase, Command, Line, RecordPurchase
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json, to_json
from loyalty.errors import Invalid

SALE = RecordPurchase(
    id="c1-1", counter="c1", seq=1, occurred_at=datetime(2026, 3, 1, 10, tzinfo=UTC), token=Token("card_uid", "04A1"),
    lines=(Line(Decimal("12.50"), Decimal(2), "tea", labels=("hot",)),),
)  # fmt: skip


@pytest.mark.parametrize("command", [SALE, CancelPurchase("x", "c1", 2, SALE.occurred_at, "c1-1")])
def test_a_command_survives_the_wire(command):
    assert from_json(type(command), json.loads(json.dumps(to_json(command)))) == command


def test_the_type_tells_commands_apart():
    cancel = CancelPurchase("x", "c1", 2, SALE.occurred_at, "c1-1")
    assert from_json(Command, to_json(cancel)) == cancel
    assert from_json(Command, to_json(SALE)) == SALE


def test_amounts_travel_as_text():
    assert to_json(SALE)["lines"][0]["amount"] == "12.50"


def test_an_unknown_field_is_named():
    with pytest.raises(Invalid, match="colour"):
        from_json(RecordPurchase, {**to_json(SALE), "colour": "red"})
