"""What the smart-card service keeps about one reader: who has it open, how, and whose turn it is."""

import itertools
import threading
from dataclasses import dataclass
from typing import Protocol

from loyalty.devices.wire.apdu import Malformed
from loyalty.devices.wire.apdu.atr import parse_atr
from simulators.pcscd import messages as pm
from simulators.pcscd.messages import Card, Result


class Torn(Exception):
    """A command to the card broke off; `result` is what the service reports, OK for an answer without bytes."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.name)
        self.result = result


class SimReader(Protocol):
    """What the service asks of a simulated reader. The lock of `changed` is held for everything but transmit().

    insertion: another number after each insertion, removal and unplugging. events: insertions and removals since it
    was plugged in.
    """

    changed: threading.Condition
    name: str
    insertion: int
    events: int

    @property
    def service_stopped(self) -> bool: ...

    @property
    def plugged_in(self) -> bool: ...

    @property
    def taken(self) -> bool:
        """Another program holds it for itself."""

    @property
    def atr(self) -> bytes | None:
        """None: no card. Empty: one that does not answer its reset."""

    def power_card(self) -> None:
        """The card is reset."""

    def transmit(self, command: bytes) -> bytes: ...

    def control(self, code: int, data: bytes) -> bytes | None: ...


@dataclass
class Handle:
    """An open connection. `result` is what its next use reports instead of doing anything."""

    share: int
    protocol: int
    insertion: int
    result: Result = Result.OK


class Desk:
    """One reader's connections. Every method but transmit() is called with the reader's lock held."""

    def __init__(self, reader: SimReader) -> None:
        self.reader = reader
        self._handles: dict[int, Handle] = {}
        self._numbers = itertools.count(1)
        self._turn: int | None = None

    def state(self) -> pm.ReaderState | None:
        """None while the reader is unplugged."""
        reader, atr = self.reader, self.reader.atr
        if not reader.plugged_in:
            return None
        protocol = next((each.protocol for each in self._handles.values() if each.share != pm.SHARE_DIRECT), 0)
        if atr is None:
            state = int(Card.ABSENT)
        elif not atr:
            state = Card.PRESENT | Card.SWALLOWED
        else:
            state = Card.PRESENT | Card.POWERED | (Card.SPECIFIC if protocol else Card.NEGOTIABLE)
        alone = reader.taken or any(each.share == pm.SHARE_EXCLUSIVE for each in self._handles.values())
        return pm.ReaderState(
            reader.name, reader.events, state, -1 if alone else len(self._handles), atr or b"", protocol
        )

    def connect(self, share: int, wanted: int) -> tuple[int, int, Result]:
        """A handle, the protocol, the result."""
        others = self._handles.values()
        if self.reader.taken or any(each.share == pm.SHARE_EXCLUSIVE for each in others):
            return 0, 0, Result.SHARING_VIOLATION
        if share == pm.SHARE_EXCLUSIVE and others:
            return 0, 0, Result.SHARING_VIOLATION
        protocol, result = self._protocol(share, wanted)
        if result is not Result.OK:
            return 0, 0, result
        number = next(self._numbers)
        self._handles[number] = Handle(share, protocol, self.reader.insertion)
        return number, protocol, Result.OK

    def reconnect(self, number: int, share: int, wanted: int, initialisation: int) -> tuple[int, Result]:
        handle = self._handles.get(number)
        if handle is None:
            return 0, Result.INVALID_HANDLE
        protocol, result = self._protocol(share, wanted)
        if result is Result.OK:
            handle.share, handle.protocol, handle.result = share, protocol, Result.OK
            handle.insertion = self.reader.insertion
            self._disturb(number, initialisation)
        return protocol, result

    def disconnect(self, number: int, disposition: int) -> Result:
        if self._handles.pop(number, None) is None:
            return Result.INVALID_HANDLE
        if self._turn == number:
            self._turn = None
        self._disturb(number, disposition)
        return Result.OK

    def begin(self, number: int) -> Result:
        result = self.usable(number)
        if result is Result.OK:
            self._turn = number
        return result

    def end(self, number: int, disposition: int) -> Result:
        if number not in self._handles or self._turn != number:
            return Result.INVALID_HANDLE if number not in self._handles else Result.NOT_TRANSACTED
        self._turn = None
        self._disturb(number, disposition)
        return Result.OK

    def transmit(self, number: int, command: bytes) -> tuple[bytes, Result]:
        """Not under the lock: the card may take its time, and others look at the reader meanwhile."""
        with self.reader.changed:
            result = self.usable(number)
            if result is not Result.OK:
                return b"", result
        try:
            return self.reader.transmit(command), Result.OK
        except Torn as torn:
            return b"", torn.result

    def usable(self, number: int) -> Result:
        """What stands against using this handle now. A transaction of another's makes libpcsclite ask again."""
        handle = self._handles.get(number)
        if handle is None:
            return Result.INVALID_HANDLE
        if not self.reader.plugged_in:
            return Result.READER_GONE
        if self._turn not in (None, number):
            return Result.SHARING_VIOLATION
        if handle.share == pm.SHARE_DIRECT:
            return Result.OK
        return Result.REMOVED_CARD if handle.insertion != self.reader.insertion else handle.result

    def _disturb(self, number: int, disposition: int) -> None:
        """Resets the card for this handle where that is asked for; the others learn of it when they use it next."""
        if disposition != pm.LEAVE_CARD and self.reader.atr:
            self.reader.power_card()
            for other, handle in self._handles.items():
                if other != number:
                    handle.result = Result.RESET_CARD

    def _protocol(self, share: int, wanted: int) -> tuple[int, Result]:
        if not self.reader.plugged_in:
            return 0, Result.READER_GONE
        if share == pm.SHARE_DIRECT:
            return 0, Result.OK
        if self.reader.atr is None:
            return 0, Result.NO_CARD
        if not self.reader.atr:
            return 0, Result.UNRESPONSIVE_CARD
        try:
            offered = [1 << each for each in parse_atr(self.reader.atr).protocols if each < 2]
        except Malformed:
            offered = [pm.PROTOCOL_T0]
        protocol = next((each for each in (*offered, pm.PROTOCOL_RAW) if each & wanted), 0)
        return protocol, Result.OK if protocol else Result.PROTOCOL_MISMATCH
