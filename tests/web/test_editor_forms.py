"""Forms over parts of a programme: what is not touched stays, what is typed lands in its place, faults at fields."""

import random
from pathlib import Path

import pytest

from loyalty.points.yaml_core import load, load_all
from loyalty.web.backoffice.editor.fields import differences, fields_of, read_part, shown
from loyalty.web.backoffice.editor.rows import RANGES, Amounts, Criteria
from loyalty.web.backoffice.editor.sections import SECTIONS, section_of
from loyalty.web.backoffice.editor.shapes import EVENT, GRACE
from loyalty.web.backoffice.editor.splice import edited
from tests.web.harbour import PROGRAMME

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def programmes(*names):
    """Documents of programmes: Harbour Club's and those of scenario files."""
    yield load(PROGRAMME).value
    for name in names:
        for scenario in load_all((SCENARIOS / name).read_text("utf-8")):
            for each in scenario.value if isinstance(scenario.value, list) else [scenario.value]:
                if isinstance(each.get("programme"), dict) and "expect_error" not in each:
                    yield each["programme"]


def parts_of(document):
    for section in SECTIONS:
        for number in range(len(section.keys(document)) + 1):
            path = section.entry(document, number)
            if path is not None:
                yield section.form_of(number), section.part(document, path, number)


FILES = ["corners_tier_periods.yaml"]
ALL_FILES = sorted(path.name for path in SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize("names", [FILES, pytest.param(ALL_FILES, marks=pytest.mark.slow)])
def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(names):
    seen = 0
    for document in programmes(*names):
        for form, part in parts_of(document):
            new, wrong = read_part(form, part, shown(form, part))
            assert (new, wrong) == (part, {})
            seen += 1
    assert seen > 20


def test_every_key_of_an_entry_has_a_field():
    """What the reader knows of an entry can be typed; the rest of the keys is named here, one by one."""
    known = {
        "earn": "name on wallet per_amount per_unit fixed multiply bonus when to group alone priority stop limit expiry"
        " pending",  # `enabled` has a button
        "rewards": "name wallet cost per_point step min_points max_percent_of_purchase over value when tiers stock"
        " limit valid active_after lowers_earning use_current refundable auto",
        "offers": "name percent amount buy_x_get_y cheapest each when cap priority exclusive group limit"
        " lowers_earning",
        "wallets": "kind decimals rounding pending expiry spend_order negative on_return max_balance value_per_point"
        " transferable bearer",
        "tiers": "name from window lasts starts keep_from keep_window benefits",  # those that the engine acts on
        "topups": "name wallet pay gives expiry bonus gifts",
    }
    for key, words in known.items():
        fields = list(fields_of(section_of(key).form))
        held = {path for each in fields for path in (each.path[:1] or each.owns)}
        assert set(words.split()) - held == set(), key


def typed(key, part, **texts):
    form = section_of(key).form
    inputs = {**shown(form, part), **{f"v-{name}": [text] for name, text in texts.items()}}
    new, wrong = read_part(form, part, inputs)
    return wrong or new


@pytest.mark.parametrize(
    ("key", "part", "texts", "wanted"),
    [
        ("earn", {"fixed": 1}, {"fixed": "x"}, {"fixed": 1}),
        ("earn", {"fixed": 1}, {"per_amount-is": "multiply", "per_amount-multiply-points": "2"}, {"multiply": 2}),
        ("earn", {"per_amount": {"points": 1, "per": 10}}, {"per_amount-per_amount-per": "８"},
         {"per_amount": {"points": 1, "per": 8}}),
        ("earn", {"fixed": 1}, {"when-category": "tea、 coffee,cake"},
         {"fixed": 1, "when": {"category": ["tea", "coffee", "cake"]}}),
        ("earn", {"fixed": 1, "when": {"category": "tea"}}, {"when-category": ""}, {"fixed": 1}),
        ("earn", {"fixed": 1}, {"limit-0-n": "3", "limit-0-per": "month"},
         {"fixed": 1, "limit": {"times": 3, "per": "month"}}),
        ("earn", {"fixed": 1, "limit": {"times": 3}},
         {"limit-1-n": "50", "limit-1-what": "points", "limit-1-per": "day"},
         {"fixed": 1, "limit": [{"times": 3}, {"points": 50, "per": "day"}]}),
        ("earn", {"fixed": 1}, {"expiry-is": "after", "expiry-after-time-n": "3", "expiry-after-time-unit": "months",
                                "expiry-after-up": "month"},
         {"fixed": 1, "expiry": {"after": {"months": 3}, "round_up": "month"}}),
        ("tiers", {"name": "A", "from": 0}, {"window-is": "rolling", "window-rolling-time-n": "1",
                                             "window-rolling-time-unit": "years", "lasts-is": "end_of_period"},
         {"name": "A", "from": 0, "window": {"rolling": {"years": 1}}, "lasts": {"until": "end_of_period"}}),
        ("rewards", {"cost": 9, "value": {"product": "TEA"}}, {"cost-is": "voucher_amount",
                                                               "cost-voucher_amount-cost": "9",
                                                               "cost-voucher_amount-amount": "5"},
         {"cost": 9, "value": {"voucher": {"amount": 5}}}),
        ("rewards", {"cost": 9}, {"cost-is": "amount", "cost-amount-cost": "9"}, {"v-cost": "a number is wanted"}),
        ("offers", {"percent": 5}, {"percent-is": "buy_x_get_y", "percent-buy_x_get_y-buy": "2",
                                    "percent-buy_x_get_y-get": "1"}, {"buy_x_get_y": {"buy": 2, "get": 1}}),
        ("wallets", {}, {"kind": "money", "value_per_point": "one"}, {"v-value_per_point": "a number is wanted"}),
        ("earn", {"fixed": 1}, {"on-is": "custom", "on-custom-word": "review"}, {"fixed": 1, "on": "custom:review"}),
        ("earn", {"fixed": 1}, {"when-basket-category": "tea", "when-basket-min_quantity": "2",
                                "when-basket-not-sku": "A1"},
         {"fixed": 1, "when": {"basket": {"category": ["tea"], "min_quantity": 2, "not": {"sku": ["A1"]}}}}),
        ("earn", {"fixed": 1, "when": {"basket": {"sku": "A"}}}, {"when-basket-sku": ""}, {"fixed": 1}),
        ("tiers", {"from": 0}, {"starts": "next_period"}, {"from": 0, "starts": "next_period"}),
        ("topups", {"pay": 1, "gifts": {"points": 5}}, {"gifts-1-n": "2", "gifts-1-wallet": "stamps"},
         {"pay": 1, "gifts": {"points": 5, "stamps": 2}}),
        ("topups", {"pay": 1}, {"gifts-0-n": "2"}, {"v-gifts": "a wallet is wanted"}),
        ("segments", {"name": "a", "criteria": {"purchases": {"min": 3}}},
         {"criteria-1-spend-min": "900", "criteria-1-store": "Central, Kowloon"},
         {"name": "a", "criteria": [{"purchases": {"min": 3}},
                                    {"store": ["Central", "Kowloon"], "spend": {"min": 900}}]}),
        ("segments", {"name": "a", "criteria": {}}, {"criteria-0-single-min": "9", "criteria-0-single-max": "8"},
         {"v-criteria": "the least is more than the most"}),
        ("topups", {"pay": 80}, {"gives": "10"}, {"pay": 80, "gives": 10}),
        ("topups", {"pay": 200}, {"bonus-is": "joined", "bonus-joined-amount": "20"}, {"pay": 200, "bonus": 20}),
    ],
)  # fmt: skip
def test_what_is_typed_lands_in_its_place(key, part, texts, wanted):
    assert typed(key, part, **texts) == wanted


def test_a_form_changes_single_words_of_the_text():
    text = "wallets: {points: {}}\nearn:\n  - name: a  # kept\n    fixed: 5  # too\n"
    old = load(text).value["earn"][0]
    new = typed("earn", old, **{"per_amount-fixed-points": "7", "when-weekday": "tue"})
    assert edited(text, differences(old, new, ("earn", 0))) == (
        text.replace("fixed: 5", "fixed: 7") + "    when: {weekday: [tue]}\n"
    )


def _criteria(luck):
    found = (
        {"store": luck.sample(["Central", "旺角", "Kowloon Bay"], luck.randint(1, 3))} if luck.random() < 0.3 else {}
    )
    for key, _words, _unit in RANGES:
        low, more = luck.randint(0, 99), luck.randint(0, 900)
        bounds = {"min": low, "max": low + more}
        if luck.random() < 0.5:
            found[key] = luck.choice([bounds, {"min": low}, {"max": more}])
    return found or {"purchases": {"min": 1}}


def _values(luck):
    """A field and a value of it, drawn by lot."""
    rows = [_criteria(luck) for _ in range(luck.randint(1, 4))]
    wallets = luck.sample(["points", "stamps", "積分"], luck.randint(1, 3))
    yield Criteria(), rows if len(rows) > 1 else rows[0]
    yield Amounts(), {wallet: luck.randint(0, 999) for wallet in wallets}
    yield EVENT, luck.choice(["signup", "visit", "custom:review", "custom:a b"])
    yield GRACE, {luck.choice(["days", "months"]): luck.randint(1, 99), **luck.choice([{}, {"round_up": "month"}])}


def test_what_a_form_shows_is_read_back_as_what_it_was():
    luck = random.Random(20261122)
    for _ in range(100):
        for kind, value in _values(luck):
            assert kind.value(kind.shown(value)) == value
