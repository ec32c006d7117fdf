"""Steps of a card reader: nothing without a card, a card seen once, gone once, the same number again, its memory."""

import time

from loyalty.devices.check.card_printer import put
from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.interfaces import Gone, Seen
from loyalty.errors import NoCard, Rejected, WrongCard

STAYS_S, LOOK_S = 0.6, 1.0
ONE, OTHER = "04C4EC00000003", "04C4EC00000004"
_LAY = "Lay the card flat on the middle of the reader, or put it in, and leave it there."
_ANTENNA = (
    "If it lies flat and alone: keep metal away from the reader, try a card known to be good, then have the antenna "
    "seen to."
)
_OLD = "Use another card; if you did, the reader holds on to the old one."
_EMPTY = "Take every card off the reader, and move cards in wallets away from it."


def empty(desk: Desk) -> str:
    desk.hands.take_card("Take every card off the reader.")
    if desk.hands.simulated or not (reading := desk.next_reading(Seen, STAYS_S)):
        _drain(desk)
        return "no card is seen"
    raise NotHeld(f"a card is seen: …{reading.token.value[-4:]}", _EMPTY, "wrong_card")


def seen(desk: Desk) -> str:
    lay(desk, ONE, _LAY)
    ends = time.monotonic() + desk.wait_s
    while (left := ends - time.monotonic()) > 0:
        if reading := desk.next_reading(Seen, min(LOOK_S, left)):
            desk.notes["token"] = reading.token
            return f"{reading.token.kind} …{reading.token.value[-4:]}"
        told = desk.driver.status()
        if told.cause == WrongCard.code and desk.fact("slot") == "contact" and not desk.fact("number_area"):
            desk.notes["no_number"] = True
            return "the card answers; the profile names no number on it (number_area)"
    told = desk.driver.status()
    advice = f"{told.advice} {_ANTENNA}" if told.advice else f"{_LAY} {_ANTENNA}"
    raise NotHeld(f"no card was seen within {desk.wait_s:g} s. {told.detail}".strip(), advice, told.cause or "no_card")


def stays(desk: Desk) -> str:
    """A card that flickers would be taken for two customers."""
    _need_number(desk)
    for kind, word in ((Seen, "seen again"), (Gone, "gone")):
        if desk.next_reading(kind, STAYS_S):
            raise NotHeld(f"the card that lies there was {word}", f"{_LAY} {_ANTENNA}", "no_card")
    return "it is told once"


def memory(desk: Desk) -> str:
    """A card may be found and yet get too little power to be read."""
    try:
        return _memory_of(desk)
    except NoCard as error:
        raise NotHeld(f"the card is found but cannot be read: {error}", f"{_LAY} {_ANTENNA}", "antenna_weak") from error
    except (WrongCard, Rejected) as error:
        raise LeftOut(f"this card or reader gives no memory to see: {error}") from error


def gone(desk: Desk) -> str:
    lift(desk)
    if desk.notes.get("no_number"):
        return "a card without a number leaves without a word"
    _need_number(desk)
    reading = desk.next_reading(Gone)
    if reading is None:
        raise NotHeld(f"the card still counts as there after {desk.wait_s:g} s", _EMPTY, "wrong_card")
    if reading.token != desk.notes["token"]:
        raise NotHeld("another card than the one seen is told gone", "The driver is at fault; report it.")
    return "it is told gone"


def again(desk: Desk) -> str:
    _need_number(desk)
    if desk.notes.get("feeds"):
        raise LeftOut("cards from a feeder are new ones")
    lay(desk, ONE, "Lay the same card down again.")
    reading = desk.next_reading(Seen)
    if reading is None:
        raise NotHeld("the same card was not seen again", f"{_LAY} {_ANTENNA}", "no_card")
    lift(desk)
    desk.next_reading(Gone)
    if reading.token != desk.notes["token"]:
        raise NotHeld("the card had another number this time", "It may be a phone, whose number changes: use a card.")
    return "the same number"


def other(desk: Desk) -> str:
    _need_number(desk)
    lay(desk, OTHER, "Lay another card down.")
    reading = desk.next_reading(Seen)
    if reading is None:
        raise NotHeld("the other card was not seen", f"{_LAY} {_ANTENNA}", "no_card")
    lift(desk)
    desk.next_reading(Gone)
    if reading.token.value == desk.notes["token"].value:
        raise NotHeld("it has the same number as the first", _OLD)
    return f"another number, …{reading.token.value[-4:]}"


STEPS = (
    Step("empty", "without a card nothing is seen", "no card", empty),
    Step("seen", "a card is seen", "its number", seen),
    Step("stays", "a card that lies there is told once", "nothing new", stays),
    Step("memory", "the card can be read", "an answer of its memory", memory),
    Step("gone", "a card taken away is told gone", "the same card gone", gone),
    Step("again", "the same card has the same number", "the number as before", again),
    Step("other", "another card has another number", "another number", other),
)


def lay(desk: Desk, uid: str, words: str) -> None:
    """On the reader; into it where the reader is a part of a card printer."""
    if hasattr(desk.driver, "take_in"):
        put(desk, _card(desk, uid), words)
    else:
        desk.hands.put_card(_card(desk, uid), words)


def lift(desk: Desk) -> None:
    if hasattr(desk.driver, "eject"):
        desk.driver.eject()
    desk.hands.take_card("Take the card away.")


def _memory_of(desk: Desk) -> str:
    driver = desk.driver
    if hasattr(driver, "read_pages"):
        return f"{len(driver.read_pages(0))} bytes of its memory read"
    if desk.notes.get("no_number") and hasattr(driver, "sle4442"):
        return f"{len(driver.sle4442().read(0, 4))} bytes of its memory read"
    if not hasattr(driver, "pages"):
        raise LeftOut("this driver reads no memory")
    return f"{len(driver.pages().read(0))} bytes of its memory read"


def _card(desk: Desk, uid: str) -> dict[str, str]:
    if desk.fact("slot") == "contact":
        return {"kind": "sle4442"}
    return {"kind": "rewritable" if hasattr(desk.driver, "take_in") else "ntag213", "uid": uid}


def _need_number(desk: Desk) -> None:
    if "token" not in desk.notes:
        raise LeftOut("no card with a number was seen")


def _drain(desk: Desk) -> None:
    """What a card that lay there before still has to tell."""
    desk.next_reading(Gone, STAYS_S / 2)
