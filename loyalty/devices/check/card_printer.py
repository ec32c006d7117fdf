"""Steps of a card printer: wait and be called off, take a card, refuse nonsense, print, erase, start afresh."""

import time
from typing import Any

from loyalty.contract.raster import Raster
from loyalty.devices.check.desk import Desk
from loyalty.devices.check.patterns import WORDS, trial_face
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.interfaces import CardPosition
from loyalty.errors import Cancelled, NoCard, Rejected

CALL_OFF_S = 0.3
_SPARE = "Put a spare rewritable card in: it will be printed and erased."
_LOOK = "Look at the card that came out: "


def cancelled(desk: Desk) -> str:
    """A printer left waiting swallows the next card that somebody lays near it."""
    if desk.driver.position() is CardPosition.INSIDE:
        raise NotHeld("a card is inside", "Take all cards out of the unit and run the check again.", "wrong_card")
    ends = time.monotonic() + CALL_OFF_S
    try:
        desk.driver.take_in(desk.wait_s, lambda: time.monotonic() > ends)
    except Cancelled:
        if desk.driver.position() in (CardPosition.NONE, CardPosition.INLET):
            return "the wait was called off, the unit is idle"
        where = desk.driver.position().value
        raise NotHeld(f"after it was called off, a card is {where}", "Take the card out.") from None
    desk.notes["feeds"] = True
    desk.driver.eject()
    raise LeftOut("a card came at once: this unit feeds cards by itself")


def take_in(desk: Desk) -> str:
    desk.notes["card"] = put(desk, _card(desk), _SPARE)
    return "a card is inside"


def refused(desk: Desk) -> str:
    width, height = desk.driver.face_dots
    need_card(desk)
    try:
        desk.driver.rewrite(Raster.blank(width + 8, height))
    except Rejected as error:
        if desk.driver.position() is CardPosition.INSIDE:
            return f"refused, the card is still inside: {error}"
        raise NotHeld("refused, but the card has left", "The driver or unit is at fault; report it.") from error
    raise NotHeld("a face of the wrong size was printed", "The driver is at fault; report it.")


def printed(desk: Desk) -> str:
    need_card(desk)
    desk.notes["cycles"] = desk.hands.state().get("cycles")
    begun = time.monotonic()
    desk.driver.rewrite(trial_face(desk.driver.face_dots))
    position = desk.driver.position()
    if position is CardPosition.INSIDE:
        raise NotHeld("the card is still inside", "Open the cover and look for a card that sticks.", "card_jam")
    desk.notes["printed"] = True
    return f"printed and pushed out in {time.monotonic() - begun:.1f} s"


def looked_at(desk: Desk) -> str:
    """Of a simulated card its own state tells; of a real one the person who looks at it."""
    if not desk.notes.get("printed"):
        raise LeftOut("nothing was printed")
    state, warn_at = desk.hands.state(), max(desk.fact("rewrite_warn_at", [500]))
    if desk.hands.simulated:
        if state.get("face_blank") is not False:
            raise NotHeld("the card shows nothing", _HEAD, "blank")
        if int(state.get("cycles") or 0) >= warn_at:
            raise NotHeld(f"old pictures shine through: the card has {state['cycles']} cycles", _WORN, "worn_card")
        return f"the card shows the face ({state.get('cycles')} cycles)"
    if (good := desk.hands.confirm(f"{_LOOK}does it show {WORDS}?")) is None:
        raise LeftOut(f"nobody was asked; look at the card yourself: it has to show {WORDS}")
    if not good:
        raise NotHeld("the person says that it does not", f"{_WORN} {_HEAD}", "worn_card")
    return "the person says that it does"


def erased(desk: Desk) -> str:
    if desk.fact("erase") == "none":
        raise LeftOut("this unit cannot erase")
    desk.hands.take_card("Take the card out.")
    put(desk, desk.notes.get("card") or _card(desk), "Put the same card in again.")
    desk.driver.erase()
    if desk.hands.simulated and desk.hands.state().get("face_blank") is False:
        raise NotHeld("the card still shows the face", f"{_WORN} {_HEAD}", "not_erased")
    if desk.hands.confirm(f"{_LOOK}is its face clear again?") is False:
        raise NotHeld("the person says that the face is not clear", f"{_WORN} {_HEAD}", "not_erased")
    return "erased and pushed out"


def afresh(desk: Desk) -> str:
    desk.hands.take_card("Take the card out.")
    desk.driver.reset()
    if desk.driver.position() is CardPosition.INSIDE:
        raise NotHeld("a card is still inside", "Open the cover, pull the card out gently.", "card_jam")
    return "reset, no card inside"


_HEAD = "Clean the print head and rollers with a cleaning card; if it stays so, the head needs service."
_WORN = "Try again with a new card: a worn one takes no clean picture any more."
STEPS = (
    Step("called_off", "waiting for a card can be called off", "an idle unit", cancelled),
    Step("card_in", "it takes a card in", "a card inside", take_in, vital=True),
    Step("refused", "a face of the wrong size is refused before anything happens", "refused, card untouched", refused),
    Step("printed", "it erases, prints and pushes the card out", "the card outside", printed),
    Step("face", "the card shows what was printed", WORDS, looked_at),
    Step("erased", "it erases the whole face", "a clear face", erased),
    Step("afresh", "a reset leaves nothing inside", "no card inside", afresh),
)


def put(desk: Desk, card: dict[str, Any], words: str) -> dict[str, Any] | None:
    """A card is inside afterwards: what it carries, where that is known. NoCard in words when nobody put one in."""
    if desk.driver.position() is CardPosition.REMOVAL_WAIT:
        desk.hands.take_card("Take the card out of the slot.")
    known = None if desk.notes.get("feeds") else desk.hands.put_card(card, words)
    try:
        desk.driver.take_in(desk.wait_s, lambda: False)
    except NoCard as error:
        if error.advice != NoCard.advice:
            raise
        raise NotHeld(
            f"no card came within {desk.wait_s:g} s",
            "Put the card in until the rollers take it. If you did: clean the inlet's sensor and rollers.",
            "no_card",
        ) from error
    if desk.driver.position() is not CardPosition.INSIDE:
        where = desk.driver.position().value
        raise NotHeld(f"the unit took the card and says that it is {where}", "Clean the card sensors.", "no_card")
    return known


def need_card(desk: Desk) -> None:
    if desk.driver.position() is not CardPosition.INSIDE:
        raise LeftOut("no card is inside")


def _card(desk: Desk) -> dict[str, Any]:
    kind = "plain" if desk.fact("erase") == "none" else "rewritable"
    return {"kind": kind, "uid": "04C4EC00000001"}
