"""The same steps of a magnetic unit through which a person draws the card: read, write, read again."""

import contextlib
import threading
from collections.abc import Iterator

from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld
from loyalty.devices.interfaces import Seen
from loyalty.errors import Rejected

REFERENCE = {1: "LOYALTY CHECK", 2: "200=262", 3: "300=363"}
WRITTEN = {1: "CHECK TRACK 1", 2: "222=262", 3: "333=363"}
"""At most six digits in a row: traces hide longer ones."""
DIRT = "Draw the card through evenly, stripe to the head. Clean the head with a cleaning card and try another card."
_AGAIN_S = 1.0


def swiped(desk: Desk) -> str:
    """Twice, so that a reader that guesses shows itself."""
    values = []
    for words in ("Draw a card with a magnetic stripe through, not a bank card.", "Draw the same card through again."):
        desk.driver.poll(0)  # a unit that has to be told begins to wait
        desk.hands.swipe(_texts(desk, REFERENCE), words)
        reading = desk.next_reading(Seen)
        if reading is None:
            raise NotHeld(f"nothing was read within {desk.wait_s:g} s", DIRT, "stripe_unreadable")
        values.append(reading.token.value)
    if values[0] != values[1]:
        raise NotHeld("the same card read differently the second time", DIRT, "stripe_unreadable")
    return "the same card read the same, twice"


def read(desk: Desk) -> dict[int, str]:
    """Every track of a card drawn through."""
    if not hasattr(desk.driver, "read"):
        raise LeftOut("this one does not tell its tracks apart")
    with _drawn(desk, REFERENCE, "Draw a spare card through; its tracks will be written later."):
        found: dict[int, str] = desk.driver.read(desk.wait_s, lambda: False)
    return found


def written(desk: Desk) -> None:
    _need_writer(desk)
    texts = {track: WRITTEN[track] for track in tracks_of(desk)}
    with _drawn(desk, REFERENCE, "Draw the spare card through once more: it is written now."):
        desk.driver.write(texts, desk.wait_s, lambda: False)


def read_back(desk: Desk) -> dict[int, str]:
    """Of a simulated card what it carries now; it left the slot when it was written."""
    if desk.hands.simulated:
        card = desk.hands.state().get("card") or {}
        return {int(track): text for track, text in (card.get("tracks") or {}).items()}
    with _drawn(desk, WRITTEN, "Draw the same card through: it is read again."):
        found: dict[int, str] = desk.driver.read(desk.wait_s, lambda: False)
    return found


def put_back(desk: Desk, before: dict[int, str]) -> None:
    with _drawn(desk, WRITTEN, "Draw the same card through a last time: what was on it is written back."):
        desk.driver.write(before, desk.wait_s, lambda: False)


def refused(desk: Desk) -> str:
    _need_writer(desk)
    try:
        desk.driver.write({tracks_of(desk)[0]: "9" * 300}, 1.0, lambda: False)
    except Rejected as error:
        return f"refused: {error}"
    raise NotHeld("300 characters were accepted", "The driver is at fault; report it.")


def tracks_of(desk: Desk) -> list[int]:
    """The tracks that a card has: 1 to 3, also where a unit has heads for more."""
    given = (int(track) for track in getattr(desk.driver, "tracks", None) or desk.fact("tracks", []))
    return [track for track in given if track in REFERENCE]


@contextlib.contextmanager
def _drawn(desk: Desk, tracks: dict[int, str], words: str) -> Iterator[None]:
    """While the unit waits within, the card is drawn through, by a simulator again and again until that is over."""
    over = threading.Event()
    texts = _texts(desk, tracks)
    if not desk.hands.simulated:
        desk.hands.swipe(texts, words)
        yield
        return

    def draw() -> None:
        while not over.wait(0.1):
            desk.hands.swipe(texts, words)
            over.wait(_AGAIN_S)

    hand = threading.Thread(target=draw, daemon=True)
    hand.start()
    try:
        yield
    finally:
        over.set()
        hand.join()


def _texts(desk: Desk, texts: dict[int, str]) -> dict[str, str]:
    return {str(track): texts[track] for track in tracks_of(desk) or [2]}


def _need_writer(desk: Desk) -> None:
    if not hasattr(desk.driver, "write"):
        raise LeftOut("this one only reads")
