"""A change by a form touches only its own words of the text; comments, order and layout of all the rest stay."""

import random
from decimal import Decimal

import pytest

from loyalty.points.yaml_core import load
from loyalty.web.backoffice.editor.changes import Cut, Insert, Move, Put, Rename, changed
from loyalty.web.backoffice.editor.splice import edited
from tests.web.harbour import PROGRAMME

TEXT = """\
# Harbour Club, by Ada
name: Harbour Club   # on cards too
wallets:
  points: {expiry: never}
  "stamps": {kind: count}
earn:
  # everybody
  - {name: base, per_amount: {points: 1, per: 10}}  # the old rate

  # market days
  - name: tuesday
    multiply: 2  # twice
    when:
      weekday: [tue]
  - {name: joining, on: signup, fixed: 50}
tiers:
  metric: spend
  levels:
    - name: Basic
      from: 0
    - name: Gold   # since 2019
      from: 5000
      benefits: {earn_multiplier: 1.5}
"""


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (Put(("earn", 0, "per_amount", "per"), 8), "per: 10}}", "per: 8}}"),
        (Put(("earn", 0, "limit"), {"times": 2}), "per: 10}}", "per: 10}, limit: {times: 2}}"),
        (Put(("earn", 1, "multiply"), Decimal("2.5")), "multiply: 2 ", "multiply: 2.5 "),
        (Put(("earn", 1, "when", "min_amount"), 20), "weekday: [tue]\n", "weekday: [tue]\n      min_amount: 20\n"),
        (Put(("earn", 1, "enabled"), False), "weekday: [tue]\n", "weekday: [tue]\n    enabled: false\n"),
        (Put(("tiers", "levels", 1, "benefits", "lounge"), True), "1.5}", "1.5, lounge: true}"),
        (Put(("currency",), "HKD"), "# on cards too\n", "# on cards too\ncurrency: HKD\n"),
        (Put(("rewards",), [{"name": "tea", "cost": 9}]), "1.5}\n", "1.5}\nrewards:\n  - {name: tea, cost: 9}\n"),
        (Cut(("earn", 0, "per_amount", "per")), "{points: 1, per: 10}", "{points: 1}"),
        (Cut(("earn", 1, "when")), "    when:\n      weekday: [tue]\n", ""),
        (Cut(("tiers", "levels", 1, "name")), "name: Gold   # since 2019\n      from", "from"),
        (Insert(("earn",), 3, {"name": "new", "fixed": 1}), "50}\n", "50}\n  - {name: new, fixed: 1}\n"),
        (Insert(("earn", 1, "when", "weekday"), 1, "wed"), "[tue]", "[tue, wed]"),
        (Rename(("wallets", "stamps"), "visits"), '"stamps"', "visits"),
    ],
)
def test_only_its_own_words_change(change, old, new):
    assert TEXT.count(old) == 1
    assert edited(TEXT, [change]) == TEXT.replace(old, new)


def test_a_rule_moves_with_the_comment_above_it():
    text = edited(TEXT, [Move(("earn", 1), -1)])
    assert text.index("# market days") < text.index("name: tuesday") < text.index("# everybody")
    assert edited(text, [Move(("earn", 0), 1)]) == TEXT
    assert "market days" not in edited(TEXT, [Cut(("earn", 1))])


def test_nothing_to_change_changes_nothing():
    assert edited(TEXT, [Put(("name",), "Harbour Club"), Cut(("offers",)), Move(("earn", 0), -1)]) == TEXT


def test_an_empty_text_and_json_are_written_too():
    assert edited("", [Put(("wallets", "points"), {})]) == "wallets: {points: {}}\n"
    assert edited('{"wallets": {"points": {}}}', [Put(("name",), "A")]) == '{"wallets": {"points": {}}, "name": "A"}\n'


def test_what_cannot_be_spliced_is_written_out_and_says_the_same():
    text = "wallets: {points: {}}\nearn:\n  - &one {name: a, fixed: 1}\n  - *one\n"
    found = load(edited(text, [Put(("earn", 0, "fixed"), 5)])).value
    assert [rule["fixed"] for rule in found["earn"]] == [5, 1]


VALUES = [7, "07", "a: b # c", Decimal("0.5"), True, ["x", "y"], {"points": 1, "per": 3}, {}, [], "two\nlines", None]


@pytest.mark.parametrize("seed", [*range(4), pytest.param(None, marks=pytest.mark.slow)])
def test_any_changes_in_any_order_say_what_they_should(seed):
    for each in range(4, 150) if seed is None else [seed]:
        luck, text = random.Random(each), luckily(each)
        value = load(text).value
        for _ in range(12):
            change = any_change(luck, value)
            value = changed(value, change)
            text = edited(text, [change])
            assert load(text).value == value, change


def luckily(seed):
    return (TEXT, PROGRAMME, "wallets:\n    points:\n        kind: points\nearn: []")[seed % 3]


def any_change(luck, value):
    path, held = (), value
    while isinstance(held, dict | list) and held and luck.random() < 0.8:
        key = luck.choice(list(held)) if isinstance(held, dict) else luck.randrange(len(held))
        path, held = (*path, key), held[key]
    if not path:
        return Put((luck.choice(["name", "rewards", "odd key"]),), luck.choice(VALUES))
    if isinstance(held, list) and luck.random() < 0.4:
        return Insert(path, luck.randint(0, len(held)), luck.choice(VALUES))
    if isinstance(held, dict) and luck.random() < 0.3:
        return Put((*path, luck.choice(["when", "enabled", "a, b"])), luck.choice(VALUES))
    kind = luck.choice([Put, Put, Cut, Move, Rename])
    if kind is Rename and isinstance(path[-1], str):
        return Rename(path, luck.choice(["renamed", "0", "x: y"]))
    if kind is Move:
        return Move(path, luck.choice([-1, 1]))
    return Cut(path) if kind is Cut and len(path) > 1 else Put(path, luck.choice(VALUES))
