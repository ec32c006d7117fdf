"""What a card calls itself: its UID, or the number that an old memory card carries."""

from collections.abc import Callable

from loyalty.contract.token import Token
from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk
from loyalty.devices.wire.apdu import sle4442 as sle
from loyalty.devices.wire.apdu import storage
from loyalty.devices.wire.apdu.atr import SLE4442
from loyalty.errors import CodeRefused, Garbled, WrongCard

Identify = Callable[[], bytes]
_UID_LENGTHS = (4, 7, 8, 10)
_RANDOM = 0x08
_FREE_TRIES = 3


def is_random(uid: bytes) -> bool:
    """Four bytes, the first 08: made up anew at each tap (ISO/IEC 14443-3 section 6.5.4), by phones and some cards."""
    return len(uid) == 4 and uid[0] == _RANDOM


def read_token(talk: Talk, answer_to_reset: bytes, identify: Identify | None = None) -> tuple[Token, bytes]:
    """The card's token, and the UID that it shows; WrongCard when it carries nothing that could be one.

    Several readings must agree: a damaged byte must not name another member. identify: asks a card that shows a random
    UID for its real one.
    """
    if uid := _agreed(talk, lambda: _uid(talk)):
        real = _identified(identify) if identify and is_random(uid) else uid
        return Token("card_uid", real.hex().upper(), talk.link.url), uid
    area = talk.profile["number_area"]
    if area and answer_to_reset == SLE4442 and "sle4442" in talk.profile["memory_commands"]:
        number = _agreed(talk, lambda: _number(talk, area["address"], area["length"]))
        return Token("number", _text(number), talk.link.url), b""
    raise WrongCard("This card carries no number that could be read.", advice=OTHER_CARD)


def same_uid(talk: Talk, shown: bytes) -> bool:
    """Does the card in the reader still show this UID? True where it showed none."""
    return not shown or _uid(talk) == shown


def _identified(identify: Identify) -> bytes:
    try:
        return identify()
    except CodeRefused as error:
        raise WrongCard(f"The card shows another number each time, and: {error}", advice=OTHER_CARD) from error


def _agreed(talk: Talk, read: Callable[[], bytes]) -> bytes:
    last, count = read(), 1
    for _ in range(talk.profile["token_reads"] + _FREE_TRIES):
        if count >= talk.profile["token_reads"]:
            return last
        again = read()
        last, count = again, (count + 1 if again == last else 1)
    raise Garbled(f"The card in {talk.link.url} names itself differently every time.", advice=OTHER_CARD)


def _uid(talk: Talk) -> bytes:
    """Empty when the card has none, as cards in a slot."""
    answer = talk.send(storage.GetData())
    if answer.ok and len(answer.data) not in _UID_LENGTHS:
        raise Garbled(f"The reader {talk.link.url} gave a UID of {len(answer.data)} bytes.")
    return answer.data if answer.ok else b""


def _number(talk: Talk, address: int, length: int) -> bytes:
    talk.ask(sle.SelectType(), "be an SLE4442")
    return talk.ask(sle.ReadMemory(address, length), f"read at {address}", length + 4)[:length]


def _text(area: bytes) -> str:
    """The characters up to the first that never was written (FF) or ends them (00, blank)."""
    end = next((at for at, byte in enumerate(area) if byte in (0x00, 0x20, 0xFF)), len(area))
    text = area[:end].decode("latin-1")
    if not text.isascii() or not text.replace("-", "").isalnum():
        raise WrongCard("Where this card should carry its number, there are no letters and digits.", advice=OTHER_CARD)
    return text
