"""What a till may send, and the one sentence for what it may not."""

from decimal import Decimal
from typing import Any

import pytest

from loyalty.contract.commands import Pay, Redeem, ReturnLine
from loyalty.contract.token import Token
from loyalty.counter.return_request import read_return
from loyalty.counter.sale_request import read_sale, read_token
from loyalty.errors import Invalid


def test_amount_or_lines() -> None:
    assert read_sale({"amount": "128.50"}, "HKD").amount == Decimal("128.50")
    assert read_sale({"amount": 128.5}, "HKD").amount == Decimal("128.50")
    sale = read_sale({"id": "s-1", "lines": [{"amount": "9.90", "quantity": 2, "sku": "tea"}], "codes": ["X"]}, "HKD")
    assert sale.amount is None and sale.lines[0].amount == Decimal("9.90") and sale.lines[0].quantity == 2
    assert sale.codes == ("X",)


def test_what_a_till_redeems_is_read_whole() -> None:
    body = {"amount": "9", "redeem": [{"reward": "Coffee", "quantity": 2}, {"reward": "cash", "points": "max"}],
            "vouchers": ["V1"], "pay": [{"wallet": "purse", "amount": "max"}], "discount": "1.50"}  # fmt: skip
    sale = read_sale(body, "HKD")
    assert sale.redeem == (Redeem("Coffee", 2), Redeem("cash", points="max"))
    assert (sale.vouchers, sale.pay, sale.discount) == (("V1",), (Pay("purse", "max"),), Decimal("1.50"))
    assert sale.asks_server and not read_sale({"amount": "9", "discount": "1"}, "HKD").asks_server


@pytest.mark.parametrize(("body", "says"), [
    ({}, "amount, lines, or all"),
    ({"amount": "1", "all": True}, "amount, lines, or all"),
    ({"all": "yes"}, "true or false"),
    ({"amount": "0"}, "above zero"),
    ({"lines": [{"sku": "tea", "quantity": 0}]}, "above zero"),
    ({"lines": [{"quantity": 1}]}, "sku"),
    ({"amunt": "1"}, "no field 'amunt'"),
    ([], "object"),
])  # fmt: skip
def test_one_sentence_for_a_return_that_is_wrong(body: Any, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_return(body, "HKD")


def test_a_return_is_an_amount_or_lines_or_all() -> None:
    assert read_return({"amount": "12.50"}, "HKD").amount == Decimal("12.50")
    assert read_return({"lines": [{"sku": "tea", "quantity": 2}]}, "HKD").lines == (ReturnLine("tea", Decimal(2)),)
    assert read_return({"all": True, "id": "r-1"}, "HKD").all


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
    ({"amount": "1", "redeem": "Coffee"}, "/redeem", "list of objects"),
    ({"amount": "1", "redeem": [{"reward": "Coffee", "hold": "h"}]}, "/redeem", "no field 'hold'"),
    ({"amount": "1", "redeem": [{"quantity": 1}]}, "/redeem/0", "reward"),
    ({"amount": "1", "vouchers": [7]}, "/vouchers", "list of texts"),
    ({"amount": "1", "pay": [{"wallet": "purse"}]}, "/pay/0", "amount"),
    ({"amount": "1", "discount": "-1"}, "/discount", "above zero"),
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


def test_text_is_a_printed_code_unless_it_can_only_be_a_chips_number():
    chips = {"04C9DF6BCEDCB2", "04c9df6bcedcb2", "04112233445566", "A1B2C3D4E5F60718293A"}
    codes = {"5293217518", "2912345678904", "91112233445566", "AB12CD34", "LP1" + "A" * 44, "12345678901234567890"}
    assert {text: read_token(text).kind for text in chips | codes} == (
        dict.fromkeys(chips, "card_uid") | dict.fromkeys(codes, "barcode")
    )
    assert read_token(" 04c9df6bcedcb2 ").value == "04C9DF6BCEDCB2"
    assert read_token({"kind": "barcode", "value": "04C9DF6BCEDCB2"}).kind == "barcode"
