"""Commands to DESFire and NTAG 424: in frames, protected by a session, their refusals as errors."""

import secrets
from collections.abc import Callable
from typing import Protocol

from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk
from loyalty.devices.wire.apdu import Malformed, Response, desfire
from loyalty.devices.wire.apdu.authentication import Made, Way, host_for
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import CodeRefused, DeviceError, Garbled, Rejected, WrongCard

Random = Callable[[int], bytes]
_MOST_FRAMES = 256
_AGAIN = "Take the card off, lay it down again and repeat; if it stays so, keep the card and ask a technician."
_OTHER_KEY = "The card has another key than this counter: ask who issues the cards, and do not sell on it meanwhile."


class Message(Protocol):
    @property
    def ins(self) -> int: ...
    @property
    def mode(self) -> Mode | None: ...
    @property
    def parts(self) -> tuple[bytes, bytes]: ...


class SecureTalk:
    """session: what the last authentication made; None before, and after every error.

    frame: bytes behind an instruction that go at once. random: so many random bytes.
    """

    def __init__(self, talk: Talk, frame: int, random: Random = secrets.token_bytes) -> None:
        self.talk, self._frame, self._random = talk, frame, random
        self.session: Made | None = None

    def authenticate(self, way: Way, key: int, value: bytes) -> None:
        """CodeRefused when card and counter do not have the same key, or the card has no such key."""
        host = host_for(way, key, value, self._random(way.random_size(value)), self.session)
        self.session = None
        deed = f"authenticate with key {key}"
        status, challenge = self._frames(way, host.begin())
        if status not in (desfire.MORE, desfire.UNKNOWN):
            raise CodeRefused(f"The card did not {deed}: {desfire.meaning_of(status)}.", advice=_OTHER_KEY)
        if status == desfire.UNKNOWN:
            raise _refusal(deed, status)
        try:
            status, proof = self._frames(desfire.MORE, host.token(challenge))
            if status != desfire.OK:
                raise CodeRefused(f"The card does not take this key {key}.", advice=_OTHER_KEY)
            self.session = host.finish(proof)
        except Malformed as error:
            raise CodeRefused(f"The card did not {deed}: {error}.", advice=_OTHER_KEY) from error

    def ask(
        self,
        message: Message,
        deed: str,
        mode: Mode = Mode.PLAIN,
        tail: bytes = b"",
        *,
        last: bool = False,
        length: int | None = None,
    ) -> bytes:
        """The data of a good answer. mode: that of the file, for commands to files. last: it ends the session.
        length: bytes that must come, where that is known.

        Any error ends the session too. Garbled when the answer was not made by the card that authenticated.
        """
        session, mode = self.session, mode if message.mode is None else message.mode
        if message.ins == desfire.SelectApplication.ins:
            session = None
        header, data = message.parts
        body = session.seal(message.ins, header, data, mode, tail) if session else header + data
        self.session = None
        status, answer = self._frames(message.ins, body)
        if status == desfire.ABORTED and message.ins == desfire.SelectApplication.ins:
            status, answer = self._frames(message.ins, body)  # an answer in frames had been broken off before
        if status != desfire.OK:
            raise _refusal(deed, status)
        if session is None or last:
            return answer
        try:
            opened = session.open(answer, mode, length)
        except Malformed as error:
            raise Garbled(f"What came back when told to {deed} is not the card's: {error}.", advice=_AGAIN) from error
        self.session = session
        return opened

    def _frames(self, ins: int, body: bytes) -> tuple[int, bytes]:
        """The last status and everything that came; what does not fit goes and comes in further frames."""
        out = b""
        for number in range(_MOST_FRAMES):
            piece, body = body[: self._frame], body[self._frame :]
            answer = self._send(ins if number == 0 else desfire.MORE, piece)
            try:
                status = desfire.status_of(answer)
            except Malformed as error:
                raise WrongCard(f"This is not the card it should be: {error}.", advice=OTHER_CARD) from error
            out += answer.data
            if status != desfire.MORE or self._is_challenge(ins, number):
                return status, out
        raise Garbled(f"The card went on answering after {_MOST_FRAMES} frames.", advice=_AGAIN)

    def _send(self, ins: int, piece: bytes) -> Response:
        return self.talk.send(_Framed(ins, piece))

    @staticmethod
    def _is_challenge(ins: int, number: int) -> bool:
        return number == 0 and ins in tuple(Way)


class _Framed:
    def __init__(self, ins: int, body: bytes) -> None:
        self._ins, self._body = ins, body

    def command(self) -> desfire.Command:
        return desfire.framed(self._ins, self._body)


class NothingToCommit(Rejected):
    """The transaction changed nothing."""


def _refusal(deed: str, status: int) -> DeviceError:
    meaning = desfire.meaning_of(status)
    if status in (desfire.AUTHENTICATION, desfire.DENIED, desfire.NO_KEY):
        return CodeRefused(f"The card refused to {deed}: {meaning}.", advice=_OTHER_KEY)
    if status == desfire.NO_CHANGES:
        return NothingToCommit(f"The card refused to {deed}: {meaning}.")
    if status in (desfire.INTEGRITY, desfire.ABORTED, desfire.LENGTH):
        return Garbled(f"The card refused to {deed}: {meaning}.", advice=_AGAIN)
    if status in (desfire.UNKNOWN, desfire.BOUNDARY, desfire.PARAMETER):
        return Rejected(f"The card cannot {deed}: {meaning}.", advice=OTHER_CARD)
    return WrongCard(f"The card refused to {deed}: {meaning}.", advice=OTHER_CARD)
