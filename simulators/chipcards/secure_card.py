"""What simulated DESFire and NTAG 424 share: frames, authentication, protected commands, a session that errors end.

Sources: as loyalty.devices.wire.apdu.desfire, secure_session and authentication.
"""

import secrets
from itertools import pairwise
from typing import Any

from loyalty.devices.wire.apdu import Command, Malformed, Response, desfire, desfire_data
from loyalty.devices.wire.apdu import des_session as d40
from loyalty.devices.wire.apdu.aes import BLOCK
from loyalty.devices.wire.apdu.authentication import Card, Made, Way, card_for
from loyalty.devices.wire.apdu.des_authentication import DesCard
from loyalty.devices.wire.apdu.secure_session import MAC, Ev1Session, Ev2Session, Mode
from simulators.card import SimCard
from simulators.contactless import IsoDep

_OUT = 59
"""Bytes of an answer that one frame holds beside the status."""
_WRITES = {0x3D, 0x3B, 0x8D}


class Refused(Exception):
    """The card answers this status; its session is over."""

    def __init__(self, status: int) -> None:
        super().__init__(desfire.meaning_of(status))
        self.status = status


class SecureCard(IsoDep):
    """Subclasses know keys, files and what messages do. _session: what an authentication made; lost with the field."""

    messages: dict[int, Any]
    """Instruction -> message class."""
    ways: tuple[Way, ...] = tuple(Way)
    one_frame = False
    """True: commands come whole and answers go whole, however long."""

    def __init__(self, card: SimCard) -> None:
        self._session: Made | None = None
        self._pending: Card | DesCard | None = None
        self._out: list[bytes] = []
        self._in, self._in_ins = b"", 0
        super().__init__(card)

    def leave_field(self) -> None:
        super().leave_field()
        self.forget()

    def forget(self) -> None:
        """Session, half commands and what was not committed are gone."""
        self._session = self._pending = None
        self._out, self._in = [], b""

    # -- frames --------------------------------------------------------------------------------------------------

    def apdu(self, command: bytes) -> bytes:
        """An APDU of ISO/IEC 7816-4, one that wraps a native command, or a native command as it is."""
        if command[:1] not in (b"\x90", b"\x00"):
            status, data = self.native(command[0], command[1:]) if command else (desfire.LENGTH, b"")
            return bytes([status]) + data
        try:
            parsed = Command.parse(command)
        except Malformed:
            return Response(sw=0x6700 if command[0] == 0 else 0x917E).encoded()
        if parsed.cla == 0:
            return self.iso(parsed).encoded()
        status, data = self.native(parsed.ins, parsed.data)
        return Response(data, desfire.STATUS << 8 | status).encoded()

    def iso(self, command: Command) -> Response:
        """An APDU of ISO/IEC 7816-4."""
        return Response(sw=0x6D00)

    def native(self, ins: int, body: bytes) -> tuple[int, bytes]:
        """Status and what comes with it."""
        try:
            if ins == desfire.MORE:
                return self._go_on(body)
            unfinished = bool(self._out or self._in)
            self._out, self._in, self._pending = [], b"", None
            if unfinished:
                raise Refused(desfire.ABORTED)
            if ins in self.ways:
                return self._begin(Way(ins), body)
            return self._whole(ins, body)
        except Refused as refused:
            self.forget()
            return refused.status, b""

    def _go_on(self, body: bytes) -> tuple[int, bytes]:
        if pending := self._pending:
            self._pending = None
            try:
                proof, self._session = pending.prove(body)
            except Malformed:
                raise Refused(desfire.AUTHENTICATION) from None
            return desfire.OK, proof
        if self._in:
            body, self._in = self._in + body, b""
            return self._whole(self._in_ins, body)
        if self._out:
            return self._next_frame()
        raise Refused(desfire.UNKNOWN)

    def _whole(self, ins: int, body: bytes) -> tuple[int, bytes]:
        """Carries out a command once all of it is there."""
        if ins in _WRITES and not self.one_frame and len(body) < self._expected(ins, body):
            self._in, self._in_ins = body, ins
            return desfire.MORE, b""
        answer = self._protected(ins, body)
        size = len(answer) or 1 if self.one_frame else _OUT
        ends = [0, 7, 14, len(answer)] if ins == desfire.GetVersion.ins else [*range(0, len(answer), size), len(answer)]
        self._out = [answer[start:end] for start, end in pairwise(ends)] or [b""]
        return self._next_frame()

    def _expected(self, ins: int, body: bytes) -> int:
        """How long a WriteData will be when all its frames are there."""
        if len(body) < 7:
            raise Refused(desfire.LENGTH)
        length = int.from_bytes(body[4:7], "little")
        mode = self.mode_of(ins, body[0])
        if not self._session or mode is Mode.PLAIN:
            return 7 + length
        if mode is Mode.MAC:
            return 7 + length + (d40.MAC if isinstance(self._session, d40.DesSession) else MAC)
        return 7 + self._enciphered(self._session, length)

    @staticmethod
    def _enciphered(session: Made, length: int) -> int:
        """EV1, D40: a checksum of 4 or 2 bytes, then whole blocks; EV2: one byte of padding or more, then a MAC."""
        if isinstance(session, Ev2Session):
            return (length // BLOCK + 1) * BLOCK + MAC
        size, block = (4, session.cipher.block) if isinstance(session, Ev1Session) else (2, d40.BLOCK)
        return -(-(length + size) // block) * block

    def _next_frame(self) -> tuple[int, bytes]:
        frame = self._out.pop(0)
        return (desfire.MORE if self._out else desfire.OK), frame

    # -- authentication and protection ---------------------------------------------------------------------------

    def _begin(self, way: Way, body: bytes) -> tuple[int, bytes]:
        before, self._session = self._session, None
        if not body:
            raise Refused(desfire.LENGTH)
        if way is Way.EV2_AGAIN and not isinstance(before, Ev2Session):
            raise Refused(desfire.DENIED)
        value = self.key_value(body[0], way)
        rnd_b, transaction = secrets.token_bytes(way.random_size(value)), secrets.token_bytes(4)
        self._pending = card_for(way, body[0], value, rnd_b, transaction, before)
        return desfire.MORE, self._pending.challenge

    def _protected(self, ins: int, body: bytes) -> bytes:
        kind = self.messages.get(ins)
        if kind is None:
            raise Refused(desfire.UNKNOWN)
        if len(body) < kind.head:
            raise Refused(desfire.LENGTH)
        mode = kind.mode if kind.mode is not None else self.mode_of(ins, body[0])
        session = self._session if ins != desfire.SelectApplication.ins else None
        try:
            if session:
                tail, length = self.tail_of(ins, body), self.promised(ins, body)
                body = body[: kind.head] + session.unseal(ins, kind.head, body, mode, tail, length)
        except Malformed:
            raise Refused(desfire.INTEGRITY) from None
        try:
            message = kind.parse(body)
        except Malformed:
            raise Refused(desfire.LENGTH) from None
        answer = self.carry_out_message(message)
        return session.answer(answer, mode) if session and self._session is session else answer

    # -- for subclasses ------------------------------------------------------------------------------------------

    def key_value(self, number: int, way: Way) -> bytes:
        """Refused when there is no such key, or none for this way."""
        raise Refused(desfire.NO_KEY)

    def promised(self, ins: int, body: bytes) -> int | None:
        """Bytes of data that a command brings behind its header; None: it does not say."""
        return desfire_data.promised(ins, body)

    def mode_of(self, ins: int, file: int) -> Mode:
        """How the content of a file travels to whoever is authenticated now; Refused when there is no such file."""
        raise Refused(desfire.NO_FILE)

    def tail_of(self, ins: int, body: bytes) -> int:
        """Enciphered bytes behind the checksum (EV1, D40)."""
        return 0

    def carry_out_message(self, message: Any) -> bytes:
        """The answer in clear; Refused."""
        raise Refused(desfire.UNKNOWN)
