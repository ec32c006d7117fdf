"""One client of the smart-card service: its socket, what it asks, what it is answered."""

import contextlib
import socket
from collections.abc import Callable
from typing import Protocol

from simulators.pcscd import messages as pm
from simulators.pcscd.desk import Desk
from simulators.pcscd.messages import Result, Say

_LONGEST = 70_000


class HungUp(Exception):
    """The client closed its end, or talks no sense."""


class Contexts(Protocol):
    """What a client needs of the service."""

    def new_context(self) -> int: ...

    def cancel(self, context: int) -> None: ...


class Client:
    """serve() runs until the client leaves. Everything but transmit happens with the reader's lock held."""

    def __init__(self, line: socket.socket, service: Contexts, desk: Desk) -> None:
        self._line, self._service, self._desk = line, service, desk
        self.contexts: set[int] = set()
        self._handles: set[int] = set()
        self._waiting = False
        self._answers: dict[int, Callable[[bytes], bytes]] = {
            Say.VERSION: self._version, Say.ESTABLISH_CONTEXT: self._establish, Say.RELEASE_CONTEXT: self._release,
            Say.READERS_STATE: lambda _: self._states(), Say.READER_EVENTS: self._reader_events,
            Say.WAIT_CHANGE: self._wait, Say.STOP_WAITING: self._stop_waiting, Say.CANCEL: self._cancel,
            Say.CONNECT: self._connect, Say.RECONNECT: self._reconnect, Say.DISCONNECT: self._disconnect,
            Say.BEGIN_TRANSACTION: self._begin, Say.END_TRANSACTION: self._end, Say.STATUS: self._status,
            Say.CONTROL: self._control, Say.GET_ATTRIBUTE: self._attribute,
        }  # fmt: skip

    def serve(self) -> None:
        while True:
            size, number = pm.HEADER.unpack(self._read(pm.HEADER.size))
            body = self._read(size)
            if number == Say.TRANSMIT:
                self._line.sendall(self._transmit(body))
                continue
            answer = self._answers.get(number)
            if answer is None:
                raise HungUp
            with self._desk.reader.changed:
                self._line.sendall(answer(body))

    def signal(self, result: Result) -> None:
        """Ends the client's wait, if it is waiting."""
        if self._waiting:
            self._waiting = False
            with contextlib.suppress(OSError):
                self._line.sendall(pm.CONTEXT.pack(0, result))

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """What the client left open is closed."""
        for number in self._handles:
            self._desk.disconnect(number, pm.LEAVE_CARD)
        self._handles.clear()
        self._line.close()

    def _read(self, size: int) -> bytes:
        if size > _LONGEST:
            raise HungUp
        data = b""
        while len(data) < size:
            piece = self._line.recv(size - len(data))
            if not piece:
                raise HungUp
            data += piece
        return data

    # -- contexts and readers ------------------------------------------------------------------------------------

    def _version(self, body: bytes) -> bytes:
        major, minor, _ = pm.VERSION.unpack(body)
        known = (major, minor) in ((4, 4), (4, 5))
        # A newer client asks again with what it is offered here (pcsc-lite 2.4.1 on).
        return pm.VERSION.pack(4, minor if known else 5, Result.OK if known else Result.SERVICE_STOPPED)

    def _establish(self, body: bytes) -> bytes:
        scope, _, _ = pm.ESTABLISH.unpack(body)
        context = self._service.new_context()
        self.contexts.add(context)
        return pm.ESTABLISH.pack(scope, context, Result.OK)

    def _release(self, body: bytes) -> bytes:
        context, _ = pm.CONTEXT.unpack(body)
        self.contexts.discard(context)
        return pm.CONTEXT.pack(context, Result.OK)

    def _states(self) -> bytes:
        state = self._desk.state()
        return pm.reader_states([state] if state else [])

    def _reader_events(self, body: bytes) -> bytes:
        return pm.CONTEXT.pack(self._desk.reader.insertion, Result.OK)

    def _wait(self, body: bytes) -> bytes:
        self._waiting = True
        return self._states()

    def _stop_waiting(self, body: bytes) -> bytes:
        waited, self._waiting = self._waiting, False
        return pm.CONTEXT.pack(0, Result.OK) if waited else b""

    def _cancel(self, body: bytes) -> bytes:
        context, _ = pm.CONTEXT.unpack(body)
        self._service.cancel(context)
        return pm.CONTEXT.pack(context, Result.OK)

    # -- cards ---------------------------------------------------------------------------------------------------

    def _connect(self, body: bytes) -> bytes:
        context, name, share, wanted, *_ = pm.CONNECT.unpack(body)
        handle, protocol, result = 0, 0, Result.UNKNOWN_READER
        if self._desk.reader.plugged_in and name.rstrip(b"\0") == self._desk.reader.name.encode():
            handle, protocol, result = self._desk.connect(share, wanted)
        if handle:
            self._handles.add(handle)
        return pm.CONNECT.pack(context, name, share, wanted, handle, protocol, result)

    def _reconnect(self, body: bytes) -> bytes:
        handle, share, wanted, initialisation, *_ = pm.RECONNECT.unpack(body)
        protocol, result = self._desk.reconnect(handle, share, wanted, initialisation)
        return pm.RECONNECT.pack(handle, share, wanted, initialisation, protocol, result)

    def _disconnect(self, body: bytes) -> bytes:
        handle, disposition, _ = pm.HANDLE_AND.unpack(body)
        self._handles.discard(handle)
        return pm.HANDLE_AND.pack(handle, disposition, self._desk.disconnect(handle, disposition))

    def _begin(self, body: bytes) -> bytes:
        handle, _ = pm.HANDLE.unpack(body)
        return pm.HANDLE.pack(handle, self._desk.begin(handle))

    def _end(self, body: bytes) -> bytes:
        handle, disposition, _ = pm.HANDLE_AND.unpack(body)
        return pm.HANDLE_AND.pack(handle, disposition, self._desk.end(handle, disposition))

    def _status(self, body: bytes) -> bytes:
        handle, _ = pm.HANDLE.unpack(body)
        return pm.HANDLE.pack(handle, self._desk.usable(handle))

    def _transmit(self, body: bytes) -> bytes:
        handle, protocol, size, length, _, received, *_ = pm.TRANSMIT.unpack(body)
        answer, result = self._desk.transmit(handle, self._read(length))
        return pm.TRANSMIT.pack(handle, protocol, size, length, protocol, received, len(answer), result) + answer

    def _control(self, body: bytes) -> bytes:
        handle, code, length, room, *_ = pm.CONTROL.unpack(body)
        data, result, answer = self._read(length), self._desk.usable(handle), None
        if result is Result.OK:
            answer = self._desk.reader.control(code, data)
            result = Result.OK if answer is not None else Result.UNSUPPORTED
        answer = answer or b""
        return pm.CONTROL.pack(handle, code, length, room, len(answer), result) + answer

    def _attribute(self, body: bytes) -> bytes:
        handle, attribute, *_ = pm.ATTRIBUTE.unpack(body)
        reader = self._desk.reader
        value = {
            pm.ATTRIBUTE_ATR: reader.atr or b"", pm.ATTRIBUTE_NAME: reader.name.encode() + b"\0",
            pm.ATTRIBUTE_VENDOR: reader.name.split(" ")[0].encode() + b"\0",
        }.get(attribute, b"")  # fmt: skip
        result = self._desk.usable(handle)
        if result is Result.OK and not value:
            result = Result.UNSUPPORTED
        return pm.ATTRIBUTE.pack(handle, attribute, value, len(value), result)
