"""What the tests of the kiosk share: a member with points, a card put on the reader and taken away."""

from playwright.sync_api import Page

from tests.journeys.world import Person, World

WATCH = """() => {
  window.wiped = window.told = null;
  new EventSource('/kiosk/events').addEventListener('kiosk', (event) => {
    if (!JSON.parse(event.data).member) window.told ??= performance.now();
  });
  new MutationObserver(() => { if (!document.getElementById('balance')) window.wiped ??= performance.now(); })
    .observe(document.getElementById('stage'), { childList: true });
}"""


def with_points(world: World) -> Person:
    """陳大文 with 1,740 points."""
    chan = world.people[0]
    assert world.sell("1740.00", "before", member=chan.id)[0] == 201
    return chan


def tap(kiosk: Page, world: World, person: Person) -> None:
    world.gadgets["reader"].put(person)
    kiosk.wait_for_selector("#balance")


def take(kiosk: Page, world: World) -> None:
    """The card is gone, and the reader has seen it."""
    world.gadgets["reader"].take()
    kiosk.wait_for_selector(".attract")
