"""Programme documents: nothing is guessed, and what is wrong is named with its place and line."""

from decimal import Decimal

import pytest

from loyalty.errors import Invalid
from loyalty.points.read_programme import read_text, read_value
from loyalty.points.yaml_core import load, load_all, load_json


def test_only_what_the_core_rules_say_is_not_text() -> None:
    text = "[on, no, yes, True, 18:00, 2026-01-01, 1_000, 0x1f, 1e3, .5, +1, 010, 'true', \"1\", true, null, ~, -1.50]"
    words = ["on", "no", "yes", "True", "18:00", "2026-01-01", "1_000", "0x1f", "1e3", ".5", "+1"]
    assert load(text).value == [*words, 10, "true", "1", True, None, None, Decimal("-1.50")]


def test_keys_keep_their_order_and_decimals_their_digits() -> None:
    assert list(load("{b: 1, a: 2, '1': 3}").value) == ["b", "a", "1"]
    assert load_json('{"b": 0.10, "a": 1}') == {"b": Decimal("0.10"), "a": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2\n", "'a' is there twice (line 2)"),
        ("a: [1\n", "not YAML"),
        ("a: !!python/object:os.system x\n", "tag"),
        ("? [1]\n: 2\n", "key must be a word"),
        ("a: *nowhere\n", "anchor"),
        ("[" * 100 + "]" * 100, "nested too deeply"),
    ],
)
def test_bad_yaml_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(text)
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e5}', '{"a": 1, "a": 2}', "{", '{"a": Infinity}'])
def test_bad_json_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        load_json(text)


def test_documents_come_one_after_the_other() -> None:
    assert [each.value for each in load_all("---\na: 1\n---\nb: 2\n")] == [{"a": 1}, {"b": 2}]
    with pytest.raises(Invalid, match="several documents"):
        load("---\na: 1\n---\nb: 2\n")


FAULTS = [
    ("earn: [{name: a, per_amount: {points: 1, per: 0}}]", "earn[0].per_amount.per"),
    ("earn: [{name: a, fixed: 1}, {name: b, fixed: 1, when: {weekday: [mon, payday]}}]", "earn[1].when.weekday[1]"),
    ("tiers: {metric: spend, levels: [{name: a, from: 0}, {name: a, from: 1}]}", "tiers.levels[1]"),
    ("tiers: {metric: 'earned:stars', levels: [{name: a, from: 0}]}", "tiers.metric"),
    ("tiers: {metric: spend, lasts: {days: 0}, levels: [{name: a, from: 0}]}", "tiers.lasts.days"),
    ("rewards: [{name: a, cost: 0, auto: true}]", "rewards[0].auto"),
    ("rewards: [{name: a, cost: 1.5}]", "rewards[0].cost"),
    ("offers: [{name: a, percent: 101}]", "offers[0].percent"),
    ("offers: [{name: a, percent: 10, each: true}]", "offers[0].each"),
    ("earn: [{name: a, fixed: 1, when: {tier: Gold}}]", "earn[0].when.tier"),
    ("earn: [{name: a, fixed: 1, when: {date: {from: '2026-02-01', to: '2026-01-01'}}}]", "earn[0].when.date"),
    ("earn: [{name: a, fixed: 99999999999999}]", "earn[0].fixed"),
    ("topups: [{name: a, pay: 10, gives: 0}]", "topups[0].gives"),
    ("topups: [{name: a, pay: 10, gifts: {stars: 1}}]", "topups[0].gifts.stars"),
    ("transfers: {limit: {times: 1, over: refuse}}", "transfers.limit.over"),
    ("segments: {a: {spend: {least: 1}}}", "segments.a.spend.least"),
    ("currency: hkd", "currency"),
]


@pytest.mark.parametrize(("fault", "place"), FAULTS)
def test_a_fault_is_named_with_place_and_line(fault: str, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_text(f"wallets: {{points: {{}}}}\n\n{fault}\n")
    assert refused.value.pointer == place
    assert str(refused.value).startswith(f"{place}: ")
    assert str(refused.value).endswith("(line 3).")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("wallets: {points: {bearer: true}}", "wallets.points.bearer"),
        ("wallets: {gift: {kind: money, bearer: true}}", "wallets"),
        ("wallets: {p: {}, g: {bearer: true, kind: money}}\ntopups: [{name: a,wallet: g,pay: 1}]", "topups[0].wallet"),
    ],
)
def test_no_member_holds_what_gift_cards_hold(text: str, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_text(text)
    assert refused.value.pointer == place


def test_a_programme_from_python_may_not_hold_floats() -> None:
    with pytest.raises(Invalid, match="number is wanted"):
        read_value({"wallets": {"points": {}}, "earn": [{"name": "a", "fixed": 0.5}]})


def test_amounts_are_scaled_once() -> None:
    programme, document = read_text(
        "{currency: JPY, wallets: {stars: {decimals: 1}, cash: {kind: money}},"
        " earn: [{name: a, per_amount: {points: 0.25, per: 100}}], rewards: [{name: r, cost: 1.5}]}"
    )
    rule = programme.earn[0]
    assert (rule.points, rule.per) == (Decimal("2.5"), 100)
    assert (programme.rewards["r"].cost, programme.wallets["cash"].decimals) == (15, 0)
    assert list(document) == ["currency", "wallets", "earn", "rewards"]


def test_booked_wallets_keep_their_scale_and_are_not_forgotten() -> None:
    first = read_value({"wallets": {"points": {}, "stars": {"decimals": 2}}})
    second = read_value({"wallets": {"points": {}}}, first)
    assert second.wallet("stars").decimals == 2
    with pytest.raises(Invalid, match="decimals of a wallet cannot change"):
        read_value({"wallets": {"stars": {"decimals": 1}}}, second)
    with pytest.raises(Invalid, match="digits of the currency"):
        read_value({"currency": "JPY", "wallets": {"points": {}}}, second)
