"""Steps of a magnetic unit: one inside a card printer, one that reads and writes swiped cards, one that only reads."""

from typing import Any

from loyalty.devices.check import swiping
from loyalty.devices.check.card_printer import put
from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.check.swiping import tracks_of
from loyalty.devices.interfaces import CardPosition
from loyalty.errors import DeviceError

REFERENCE = {1: "LOYALTY CHECK", 2: "20260001", 3: "30260003"}
"""What the simulated card carries before."""
WRITTEN = {1: "CHECK TRACK 1", 2: "2222020262", 3: "3333030363"}
_SPARE = "Put in a spare card with a magnetic stripe: its tracks are written and put back."
_HEADS = "The heads or their cables are swapped, or the profile numbers the tracks differently: look at the plugs."
_HALVES = {"untouched": "the stripe is as it was", "unknown": "look at the stripe before using the card"}


def card_in(desk: Desk) -> str:
    if not _inside(desk):
        raise LeftOut("cards are swiped through this one")
    desk.hands.take_card("Take the last card out.")
    tracks = {str(track): REFERENCE[track] for track in tracks_of(desk)}
    kind = "rewritable" if "card_printer" in desk.profile.roles else "magnetic"
    desk.notes["stripe"] = put(desk, {"kind": kind, "uid": "04C4EC00000002", "tracks": tracks}, _SPARE)
    return "a card is inside"


def read(desk: Desk) -> str:
    if _inside(desk):
        _need_stripe(desk)
        found = {track: desk.driver.read_stripe(track) for track in tracks_of(desk)}
        known = {int(track): text for track, text in ((desk.notes.get("stripe") or {}).get("tracks") or {}).items()}
    else:
        found = swiping.read(desk)
        known = {track: swiping.REFERENCE[track] for track in tracks_of(desk)} if desk.hands.simulated else {}
    desk.notes["before"] = found
    if known:
        _compare(known, found)
    read_tracks = [str(track) for track, text in found.items() if text]
    return f"read tracks {', '.join(read_tracks)}" if read_tracks else "the stripe is empty, as far as can be told"


def refused(desk: Desk) -> str:
    if not _inside(desk):
        return swiping.refused(desk)
    _need_stripe(desk)
    try:
        desk.driver.write_stripe({tracks_of(desk)[0]: "9" * 300})
    except DeviceError as error:
        if error.code != "rejected":
            raise
        if error.half not in ("", "untouched"):
            raise NotHeld(f"refused too late: {_HALVES[error.half]}", "The driver is at fault; report it.") from error
        return f"refused: {error}"
    raise NotHeld("300 characters were accepted", "The driver is at fault; report it.")


def written(desk: Desk) -> str:
    if _inside(desk):
        _need_stripe(desk)
        desk.driver.write_stripe({track: WRITTEN[track] for track in tracks_of(desk)})
    else:
        swiping.written(desk)
    desk.notes["written"] = True
    return f"wrote tracks {', '.join(map(str, tracks_of(desk)))}"


def read_back(desk: Desk) -> str:
    if not desk.notes.get("written"):
        raise LeftOut("nothing was written")
    if _inside(desk):
        found = {track: desk.driver.read_stripe(track) for track in tracks_of(desk)}
    else:
        found = swiping.read_back(desk)
    _compare({track: (WRITTEN if _inside(desk) else swiping.WRITTEN)[track] for track in tracks_of(desk)}, found)
    return "each track reads as written"


def put_back(desk: Desk) -> str:
    before = {track: text for track, text in desk.notes.get("before", {}).items() if text}
    if not _inside(desk):
        if not before or not desk.notes.get("written"):
            raise LeftOut("nothing was written")
        swiping.put_back(desk, before)
        return f"tracks {', '.join(map(str, before))} as before"
    _need_stripe(desk)
    if before and desk.notes.get("written"):
        desk.driver.write_stripe(before)
        _compare(before, {track: desk.driver.read_stripe(track) for track in before})
    desk.driver.eject()
    if desk.driver.position() is CardPosition.INSIDE:
        raise NotHeld("the card is still inside", "Open the cover, pull the card out gently.", "card_jam")
    desk.hands.take_card("Take the card out.")
    return "the card is outside" + (f", tracks {', '.join(map(str, before))} as before" if before else "")


def swiped(desk: Desk) -> str:
    if _inside(desk):
        raise LeftOut("cards go into this one")
    return swiping.swiped(desk)


STEPS = (
    Step("swiped", "a swiped card is read, the same each time", "the same text twice", swiped),
    Step("stripe_in", "it takes a card with a stripe", "a card inside", card_in),
    Step("read", "it reads each track", "what the card carries, track by track", read),
    Step("too_long", "a text too long is refused before the card is touched", "refused, stripe untouched", refused),
    Step("written", "it writes each track", "no error", written),
    Step("read_back", "each track reads as written", "a text of its own on each track", read_back),
    Step("put_back", "what was on the card is put back, and the card comes out", "the tracks as before", put_back),
)


def _inside(desk: Desk) -> bool:
    """A card stays inside while its stripe is read and written."""
    return hasattr(desk.driver, "take_in") and hasattr(desk.driver, "read_stripe")


def _need_stripe(desk: Desk) -> None:
    if not tracks_of(desk):
        raise LeftOut("this model has no magnetic head")
    if desk.driver.position() is not CardPosition.INSIDE:
        raise LeftOut("no card is inside")


def _compare(expected: dict[int, str], found: dict[int, Any]) -> None:
    wrong = {track: found.get(track) for track, text in expected.items() if found.get(track) != text}
    if not wrong:
        return
    others = {track: [other for other, text in expected.items() if text == got] for track, got in wrong.items()}
    if any(others.values()):
        told = "; ".join(f"track {track} reads what belongs to track {of[0]}" for track, of in others.items() if of)
        raise NotHeld(told, _HEADS, "swapped_tracks")
    told = "; ".join(f"track {track} reads {got!r}" for track, got in wrong.items())
    raise NotHeld(told, swiping.DIRT, "stripe_unreadable")
