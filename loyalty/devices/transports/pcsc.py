"""PC/SC: the reader that a port `pcsc:<reader name>` names, through the system's smart-card service. Home of pyscard.

The low calls are used, not pyscard's monitors and connections: the monitors end for good when the service restarts, a
connection remembers the protocol of the card before, and an answer torn off comes as success. Here each insertion
gets a connection of its own, and every call runs on a thread that may be given up on: none of them has a time limit.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from smartcard import scard

from loyalty.devices.interfaces import Inserted, Removed
from loyalty.devices.transports import pcsc_results as results
from loyalty.devices.transports.pcsc_readers import SCHEME, escape_code, reader_meant, readers
from loyalty.devices.transports.pcsc_worker import Worker
from loyalty.errors import ConfigError, DeviceError, LinkLost, NoAnswer, Rejected

_OPEN_S, _GRACE_S, _SLICE_S, _CLOSE_S, _AGAIN_S = 5.0, 1.0, 1.0, 2.0, 0.05
_ANY_PROTOCOL = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_NEW_READERS = "\\\\?PnP?\\Notification"
Result = TypeVar("Result")


class PcscLink:
    """loyalty.devices.interfaces.CardLink. url: `pcsc:` and a reader's name, or enough of it to tell it from others.

    LinkLost when there is no such reader or no service, ConfigError when several readers could be meant.
    """

    def __init__(self, url: str) -> None:
        self.url, self._wanted = url, url.removeprefix(SCHEME)
        self._context: Any = None
        self._handle: Any = None
        self._reader, self._state, self._protocol = "", 0, 0
        self._inserted = self._torn = self._closed = False
        self._news: deque[Inserted | Removed] = deque()
        self._worker = Worker(url)
        try:
            self._do(partial(self._open, 0.0), _OPEN_S)
        except (DeviceError, ConfigError):
            self._worker.stop()
            raise

    def watch(self, timeout_s: float) -> Inserted | Removed | None:
        deadline = time.monotonic() + timeout_s
        while not self._news:
            left = max(0.0, deadline - time.monotonic())
            self._do(partial(self._look, min(left, _SLICE_S)), min(left, _SLICE_S) + _GRACE_S)
            if not left:
                break
        return self._news.popleft() if self._news else None

    def exchange(self, command: bytes, timeout_s: float) -> bytes:
        return self._do(partial(self._transmit, command), timeout_s)

    def control(self, command: bytes, timeout_s: float) -> bytes:
        return self._do(partial(self._tell_reader, command), timeout_s)

    @contextmanager
    def alone(self, timeout_s: float) -> Iterator[None]:
        self._do(self._begin, timeout_s)
        try:
            yield
        finally:
            with suppress(DeviceError):
                self._do(self._end, _GRACE_S)

    def in_use(self) -> bool:
        self._do(partial(self._look, 0.0), _GRACE_S)
        return bool(self._state & scard.SCARD_STATE_EXCLUSIVE)

    def close(self) -> None:
        if not self._closed:
            with suppress(DeviceError):
                self._do(self._let_go, _CLOSE_S)
            self._closed = True
            self._worker.stop()

    def _do(self, work: Callable[[], Result], timeout_s: float) -> Result:
        if self._closed:
            raise LinkLost(f"The port {self.url} is closed.")
        try:
            return self._worker.do(work, timeout_s)
        except NoAnswer:
            self._torn = True  # whatever still happens on this connection, the next command gets a new one
            raise

    # -- on the worker's thread ----------------------------------------------------------------------------------

    def _open(self, wait_s: float) -> None:
        """As _open_now(), waiting up to wait_s for service and reader to come back, so that nobody asks in a hurry."""
        deadline = time.monotonic() + wait_s
        while True:
            try:
                return self._open_now(max(0.0, deadline - time.monotonic()))
            except LinkLost:
                if (left := deadline - time.monotonic()) <= 0:
                    raise
                time.sleep(min(_AGAIN_S, left))

    def _open_now(self, wait_s: float) -> None:
        """A new context with the wanted reader in it, waiting wait_s for it to be plugged in."""
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        self._check(result)
        try:
            found = reader_meant(self._wanted, names := readers(context))
            if not found and wait_s > 0:
                # Where the system cannot say that a reader came (macOS), this returns at once; _open() asks again.
                scard.SCardGetStatusChange(context, int(wait_s * 1000), [(_NEW_READERS, len(names) << 16)])
                found = reader_meant(self._wanted, names := readers(context))
            if not found:
                there = f"connected: {', '.join(names)}" if names else "none is connected"
                raise LinkLost(f"There is no reader {self._wanted!r}; {there}.", advice=results.PLUG_READER)
        except (LinkLost, ConfigError):
            scard.SCardReleaseContext(context)
            raise
        self._context, self._reader, self._state = context, found, scard.SCARD_STATE_UNAWARE

    def _look(self, wait_s: float) -> None:
        """Wait for the reader's next change and note what it means for the card."""
        if self._torn:
            self._drop_card()
        if self._context is None:
            self._open(wait_s)
        known = [(self._reader, self._state)]
        result, states = scard.SCardGetStatusChange(self._context, int(wait_s * 1000), known)
        if result & 0xFFFFFFFF != results.TIMEOUT:
            self._check(result)
            self._note(states[0][1], bytes(states[0][2]))

    def _note(self, state: int, atr: bytes) -> None:
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            self._check(0x80100017)
        there = bool(state & scard.SCARD_STATE_PRESENT)
        # The high half counts insertions and removals: two of them and a card again is another card, or the same anew.
        swapped = self._inserted and there and (state >> 16) - (self._state >> 16) & 0xFFFF >= 2
        if self._inserted and (swapped or not there):
            self._drop_card()
            self._news.append(Removed())
        if there and (swapped or not self._inserted):
            self._news.append(Inserted(atr))
        self._inserted, self._state = there, state & ~scard.SCARD_STATE_CHANGED

    def _transmit(self, command: bytes) -> bytes:
        self._connect()
        result, answer = scard.SCardTransmit(self._handle, self._protocol, list(command))
        if result != results.OK or len(answer) < 2:
            self._drop_card()
            self._check(result)
            raise results.error_of(results.OK, self.url)
        return bytes(answer)

    def _connect(self) -> None:
        """A connection to the card that watch() told of, shared with other programs; never to one that came since."""
        if self._torn:
            self._drop_card()
        if self._handle is not None:
            return
        self._look(0.0)
        if any(isinstance(change, Removed) for change in self._news):
            raise results.error_of(0x80100069, self.url)
        for protocols in (_ANY_PROTOCOL, scard.SCARD_PROTOCOL_RAW):
            result, handle, protocol = scard.SCardConnect(
                self._context, self._reader, scard.SCARD_SHARE_SHARED, protocols
            )
            if result & 0xFFFFFFFF != results.PROTOCOL_MISMATCH:
                break
        self._check(result)
        self._handle, self._protocol = handle, protocol

    def _tell_reader(self, command: bytes) -> bytes:
        if self._context is None:
            self._open(0.0)
        handle, own = self._handle, False
        if handle is None:
            result, handle, _ = scard.SCardConnect(
                self._context, self._reader, scard.SCARD_SHARE_DIRECT, scard.SCARD_PROTOCOL_UNDEFINED
            )
            self._check(result)
            own = True
        try:
            result, answer = scard.SCardControl(handle, escape_code(handle), list(command))
        finally:
            if own:
                scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
        if result == results.OK:
            return bytes(answer)
        if results.is_lost(result & 0xFFFFFFFF):
            self._check(result)
        raise Rejected(f"The reader {self.url} or its driver takes no commands for itself (PC/SC {result:08X}).")

    def _begin(self) -> None:
        self._connect()
        result = scard.SCardBeginTransaction(self._handle)
        if result != results.OK:
            self._drop_card()
        self._check(result)

    def _end(self) -> None:
        if self._handle is not None:
            scard.SCardEndTransaction(self._handle, scard.SCARD_LEAVE_CARD)

    def _check(self, result: int) -> None:
        """Raises what the result means; a lost service or reader is let go of, so that the next call looks anew."""
        result &= 0xFFFFFFFF
        if result == results.OK:
            return
        if results.is_lost(result):
            self._let_go()
        raise results.error_of(result, self.url)

    def _let_go(self) -> None:
        self._drop_card()
        if self._inserted:
            self._news.append(Removed())
        self._inserted = False
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
            self._context = None

    def _drop_card(self) -> None:
        """Ends the connection, and its transaction, without touching the card: other programs may be using it."""
        handle, self._handle, self._torn = self._handle, None, False
        if handle is not None:
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
