"""Cards and the designer of their face in a browser: by mouse, by keyboard, without barriers, in three languages."""

import pytest
from playwright.sync_api import Page, expect

from loyalty.db.session import write
from loyalty.members.card_stock import NewBatch, receive
from loyalty.members.conventions import Conventions
from loyalty.web.services import services
from tests.browser.axe import barriers
from tests.browser.office import DESK, PHONE, Enter, Office, browser, office, person
from tests.web.harbour import NOW

pytestmark = pytest.mark.browser
__all__ = ["browser", "office", "person"]


def value(page: Page, place: int, name: str) -> float:
    return float(page.locator("[data-element]").nth(place).locator(f"[data-of={name}]").input_value())


@pytest.mark.slow
def test_an_element_follows_arrow_keys_and_the_mouse_and_the_picture_follows_it(person: Enter) -> None:
    page = person()
    page.goto("/card-design")
    picture = page.locator("[data-face] img")
    before = picture.get_attribute("src")
    page.locator("[data-move]").nth(3).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert (value(page, 3, "x"), value(page, 3, "y")) == (3.5, 12.5)
    expect(picture).not_to_have_attribute("src", before or "")
    expect(page.locator(".face-remarks, #preview .quiet").first).to_be_visible()
    box = page.locator("[data-grips]").bounding_box()
    last = page.locator(".face-grip").last.bounding_box()
    assert box and last
    page.mouse.move(last["x"] + 20, last["y"] + last["height"] / 2)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + last["height"] / 2 - box["height"] / 40, steps=4)
    page.mouse.up()
    assert value(page, 12, "y") == pytest.approx(33.2, abs=0.3)
    page.keyboard.press("Escape")
    assert barriers(page) == []


@pytest.mark.slow
def test_a_field_that_does_not_exist_is_said_while_one_types_and_a_design_goes_in_force(person: Enter) -> None:
    page = person()
    page.goto("/card-design")
    text = page.locator("input[name=text]:not([type=hidden])").first
    text.fill("{salary}")
    expect(page.locator("#preview .wrong")).to_contain_text("There is no field {salary}")
    text.fill("Welcome {name}")
    expect(page.locator("[data-face] img")).to_be_visible()
    page.locator("button[value=put]").click()
    expect(page.locator(".notice.ok")).to_contain_text("Cards are printed by this design")
    page.locator(".notice.ok button").click()
    expect(page.locator("#versions")).to_be_visible()
    assert page.locator("input[name=text]:not([type=hidden])").first.input_value() == "{shop}"


@pytest.mark.parametrize(
    ("locale", "scheme", "size"),
    [
        pytest.param("zh-HK", "dark", DESK, marks=pytest.mark.slow),
        pytest.param("en-GB", "light", DESK, marks=pytest.mark.slow),
        pytest.param("zh-CN", "light", PHONE, marks=pytest.mark.slow),
    ],
)
def test_pages_of_cards_have_no_barrier(
    person: Enter, office: Office, locale: str, scheme: str, size: tuple[int, int]
) -> None:
    with write(services(office.app).engine) as session:
        receive(session, NewBatch("Box 7", "barcode", 300), ["LC1", "LC2"], NOW, Conventions())
    page = person(locale=locale, scheme=scheme, size=size)
    for path in ("/cards", "/cards?q=nothing", "/cards/new", "/cards/jobs", "/cards/jobs/new", "/card-design"):
        page.goto(path)
        assert barriers(page) == [], path
    page.goto("/cards/new")
    page.locator("button.primary").click()
    page.locator("#faults").wait_for()
    assert barriers(page) == []
