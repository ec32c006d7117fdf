"""What a till may send, and the one sentence for what it may not."""

from decimal import Decimal
from typing import Any

import pytest

from loyalty.contract.token import Token
from loyalty.counter.sale_request import read_sale
from loyalty.errors import Invalid


def test_amount_or_lines() -> None:
    assert read_sale({"amount": "128.50"}, "HKD").amount == Decimal("128.50")
    assert read_sale({"amount": 128.5}, "HKD").amount == Decimal("128.50")
    sale = read_sale({"id": "s-1", "lines": [{"amount": "9.90", "quantity": 2, "sku": "tea"}], "codes": ["X"]}, "HKD")
    assert sale.amount is None and sale.lines[0].amount == Decimal("9.90") and sale.lines[0].quantity == 2
    assert sale.codes == ("X",)


def test_a_token_is_text_or_kind_and_value() -> None:
    assert read_sale({"amount": "1", "token": "8801"}, "HKD").token == Token("barcode", "8801", "api")
    uid = read_sale({"amount": "1", "token": {"kind": "card_uid", "value": "04A1"}}, "HKD").token
    assert uid == Token("card_uid", "04A1", "api")


@pytest.mark.parametrize(("body", "pointer", "says"), [
    ({"amount": "12,5x"}, "/amount", "12,5x"),
    ({"amount": ""}, "/amount", "not a number"),
    ({"amount": "1e3"}, "/amount", "not a number"),
    ({"amount": "-5"}, "/amount", "above zero"),
    ({"amount": "0.00"}, "/amount", "above zero"),
    ({"amount": "1.005"}, "/amount", "more than 2 decimals"),
    ({"amount": True}, "/amount", "not a number"),
    ({"amount": float("nan")}, "/amount", "not a number"),
    ({"amount": "999999999999.99999"}, "/amount", "decimals"),
    ({}, "/amount", "either an amount or its lines"),
    ({"amount": "1", "lines": [{"amount": "1"}]}, "/amount", "either an amount or its lines"),
    ({"amount": "1", "totl": 1}, "/totl", "no field 'totl'"),
    ({"amount": "1", "redeem": []}, "/redeem", "redeem"),
    ({"amount": "1", "id": "a:b"}, "/id", "without a colon"),
    ({"amount": "1", "id": ""}, "/id", "1 to 200"),
    ({"amount": "1", "member": 5}, "/member", "member is text"),
    ({"amount": "1", "member": "m", "token": "t"}, "/token", "not both"),
    ({"amount": "1", "token": {"kind": "blood", "value": "x"}}, "/", "blood"),
    ({"lines": [{"amount": "1"}, {"quantity": 2}]}, "/lines/1", "Line 2 has no amount"),
    ({"lines": [{"amount": "1", "colour": "red"}]}, "/lines/0/colour", "colour"),
    ({"lines": [{"amount": "1", "quantity": 0}]}, "/lines/0", "above zero"),
    ([], None, "object"),
])  # fmt: skip
def test_one_sentence_for_what_is_wrong(body: Any, pointer: str | None, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_sale(body, "HKD")
    assert says in str(caught.value)
    assert (caught.value.pointer or "").startswith(pointer or "")


def test_yen_have_no_decimals() -> None:
    assert read_sale({"amount": "500"}, "JPY").amount == 500
    with pytest.raises(Invalid, match="more than 0 decimals"):
        read_sale({"amount": "500.5"}, "JPY")


def test_the_print_tells_two_sales_under_one_id_apart_and_ignores_the_order_of_keys() -> None:
    one = read_sale({"id": "s", "amount": "1", "tender": "cash"}, "HKD")
    assert one.print == read_sale({"tender": "cash", "amount": "1", "id": "s"}, "HKD").print
    assert one.print != read_sale({"id": "s", "amount": "2", "tender": "cash"}, "HKD").print
