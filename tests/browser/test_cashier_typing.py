"""What is typed on the cashier's screen: an amount is read, never guessed, and a scanner is told from a hand."""

import pytest
from playwright.sync_api import Page

from tests.browser.counter_pages import browser, cashier, shop, world
from tests.browser.screens import shows, type_by_hand
from tests.journeys.world import World

pytestmark = pytest.mark.browser
__all__ = ["browser", "cashier", "shop", "world"]

TIMED = """async ([prefix, keys]) => {
  const { Wedge } = await import('/static/wedge.js');
  const wedge = new Wedge(prefix);
  let at = 1000;
  for (const [character, gap] of keys) { at += gap; wedge.key(character, at, `before ${character}`); }
  return wedge.enter(at + 4);
}"""
CODE = "8800123456789"


def keys(text: str, gap: int = 3, stretched: tuple[int, ...] = ()) -> list[tuple[str, int]]:
    """Each key with its gap in ms; those at the places `stretched` come late, as on a busy till."""
    return [(character, 180 if n in stretched else gap) for n, character in enumerate(text)]


SCANS = [
    (keys(CODE), CODE),
    (keys(CODE, stretched=(7,)), CODE),
    (keys(CODE, stretched=(3, 9)), CODE),
    (keys("120.50", 90) + keys(CODE, stretched=(0,)), CODE),
    (keys("MB-2041"), "MB-2041"),
    (keys(CODE, 90), None),
    (keys("12345678", 90), None),
    (keys("128.50", 45), None),
    (keys("1,250.50", 45), None),
    (keys("5550", 20), None),
    (keys(CODE[:8], 3) + keys(CODE[8:], 201)[:1], None),
]
AMOUNTS = {
    "12.5": "12.5", "0012.34": "12.34", "12.": "12", ".5": "0.5", "1250": "1250", "１２．５０": "12.50",
    "12。5": "12.5", "1,250": "1250", "1,250.50": "1250.50", "12,345,678.9": "12345678.9", "1，250": "1250", "": None,
    "0": None, "12,5": "comma", "1,25": "comma", "0,50": "comma", "1,2500": "commas", "1250,500.00": "commas",
    ",5": "commas", "1,250,5": "commas", "12,5x": "sign", "-5": "sign", "5 0": "sign",
    "1.2.3": "points", "12.345": "decimals", "1234567890": "large",
}  # fmt: skip
READ = """async (texts) => {
  const { typed, read } = await import('/static/amount.js');
  const found = texts.map((text) => read([...text].reduce(typed, '')));
  return found.map(({ value, trouble }) => value ?? trouble ?? null);
}"""


def test_a_scanner_is_told_from_a_hand_by_pace_and_shape_and_an_amount_is_read_never_guessed(cashier: Page) -> None:
    for typed, code in SCANS:
        found = cashier.evaluate(TIMED, ["", typed])
        assert (found and found["code"]) == code, typed
    assert dict(zip(AMOUNTS, cashier.evaluate(READ, list(AMOUNTS)), strict=True)) == AMOUNTS


@pytest.mark.slow
def test_a_scanner_with_a_prefix_needs_no_pace(cashier: Page) -> None:
    found = cashier.evaluate(TIMED, ["~", keys("12", 90) + keys("~42", 190)])
    assert found == {"code": "42", "before": "before ~"}
    assert cashier.evaluate(TIMED, ["~", keys(CODE)]) is None


def test_what_is_no_amount_is_told_in_one_sentence_and_stays_to_be_corrected(cashier: Page, world: World) -> None:
    world.tap(world.people[0])
    shows(cashier, "#member .person", "陳＊文")
    type_by_hand(cashier, "12,5x")
    shows(cashier, "#amount-hint.alarm", "Take out “x”")
    for _ in range(2):
        cashier.keyboard.press("Enter")
        shows(cashier, "#result.error", "“12,5x” is no amount: nothing was booked")
        assert cashier.input_value("#amount") == "12,5x"
    for language, words in (("zh-Hant", "請刪去「x」"), ("zh-Hans", "请删去“x”"), ("en", "Take out “x”")):
        cashier.click(f'#languages [data-language="{language}"]')
        shows(cashier, "#amount-hint.alarm", words)
    cashier.keyboard.press("Backspace")
    assert not cashier.is_visible("#result")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.error", "write 12.5.")
    cashier.keyboard.press("Delete")
    type_by_hand(cashier, "1,250.50")
    shows(cashier, "#book", "Book $1,250.50")
    cashier.keyboard.press("Enter")
    shows(cashier, "#result.ok", "1,250 points earned on $1,250.50")
    assert world.balance(world.people[0]) == 1250
