"""Commands to the card that lies in a reader, checked; what a refusal means."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from loyalty.devices.interfaces import CardLink
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.apdu import Command, Malformed, Response, meaning_of
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, NoCard, Rejected, WrongCard

OTHER_CARD = "Take this card away and use one of the shop's own."
UNSURE = "Read the card again before anything else is written to it."
_UNKNOWN_COMMAND = (0x6A81, 0x6D00, 0x6E00)


class Message(Protocol):
    def command(self) -> Command: ...


class Talk:
    """still_there, same: raise NoCard or WrongCard when the card that the caller means is gone, or is another.

    The first asks nobody; the second asks the card.
    """

    def __init__(
        self, link: CardLink, profile: Profile, still_there: Callable[[], None], same: Callable[[], None]
    ) -> None:
        self.link, self.profile, self._still_there, self._same = link, profile, still_there, same
        self._timeout_s = float(profile["answer_timeout_s"])
        self._alone = False

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Several commands to one card, none of another program's in between. Inside another it changes nothing."""
        if self._alone:
            yield
            return
        self._still_there()
        with self.link.alone(self._timeout_s):
            self._alone = True
            try:
                self._same()
                yield
            finally:
                self._alone = False

    def send(self, message: Message) -> Response:
        """The answer whatever its status word; Garbled when it is none, and the errors of CardLink.exchange."""
        raw = self.link.exchange(message.command().encoded(), self._timeout_s)
        try:
            return Response.parse(raw)
        except Malformed as error:
            raise Garbled(f"The reader {self.link.url} answered nonsense: {error}.") from error

    def ask(self, message: Message, deed: str, length: int | None = None) -> bytes:
        """The data of a good answer. deed: what was tried, for the error: `read block 4`. length: bytes expected."""
        answer = self.send(message)
        if not answer.ok:
            raise refusal(deed, answer.sw)
        if length is not None and len(answer.data) != length:
            raise Garbled(f"The card answered {len(answer.data)} bytes when asked to {deed}, not {length}.")
        return answer.data

    def change(self, message: Message, deed: str) -> None:
        """As ask(), for commands that alter the card: when the answer stays out, nobody knows whether it did."""
        with half_done(deed):
            self.ask(message, deed)


@contextmanager
def half_done(deed: str) -> Iterator[None]:
    """Marks errors inside as leaving the card in an unknown state where it is so."""
    try:
        yield
    except (LinkLost, NoAnswer, NoCard, Garbled) as error:
        error.half = "unknown"
        error.advice = f"{error.advice} {UNSURE}"
        raise
    except DeviceError as error:
        error.half = error.half or "untouched"
        raise


def refusal(deed: str, sw: int) -> DeviceError:
    """Why the card or the reader did not do `deed`."""
    if sw in _UNKNOWN_COMMAND:
        return Rejected(f"This reader or card cannot {deed}: {meaning_of(sw)}.", advice=OTHER_CARD)
    return WrongCard(f"The card refused to {deed}: {meaning_of(sw)}.", advice=OTHER_CARD)


def not_kept(deed: str) -> DeviceError:
    """The card said yes to a writing and reads differently."""
    error = WrongCard(f"The card said yes when told to {deed}, but it reads differently.", advice=OTHER_CARD)
    error.half = "unknown"
    return error
