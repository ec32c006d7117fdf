"""A card behind Debian's vpcd, a reader driver of the real pcscd: connected while a card is in, hung up to take it out.

Source: vsmartcard 3.3, src/vpcd. Frames both ways are a length of two bytes, high byte first, and so many bytes. One
byte from pcscd is a control: 00 power off, 01 power on, 02 reset, 04 the answer to reset please; only 04 and commands
are answered. It sends length and content separately, which Nagle's algorithm and delayed acknowledgement turn into
40 ms a command; TCP_QUICKACK before every read brings that down to 0.1 ms.
"""

import contextlib
import socket
import threading
import time
from typing import Protocol

from simulators.pcscd.desk import Torn
from simulators.pcscd.messages import Result

FIRST_PORT = 0x8C7B
_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_RETRY_S = 0.1
_ABSENCE_S = 0.5
"""pcscd looks every 0.4 s: a card that was away for less would pass for the one before, with its answer to reset."""


class Slot(Protocol):
    """What the line asks of a simulated reader."""

    changed: threading.Condition
    insertion: int
    over_vpcd: bool

    @property
    def atr(self) -> bytes | None: ...

    def power_card(self) -> None: ...

    def transmit(self, command: bytes) -> bytes: ...


class VpcdLine:
    """host:port is where vpcd listens: 35963 for the first slot, one more for each further one."""

    def __init__(self, reader: Slot, host: str, port: int) -> None:
        self._reader, self._address = reader, (host, port)
        reader.over_vpcd = True
        # Debian's configuration calls the reader so and gives it two slots (/etc/reader.conf.d/vpcd).
        self.port = f"pcsc:Virtual PCD 00 {'01' if port == FIRST_PORT + 1 else '00'}"
        self._line: socket.socket | None = None
        self._card = 0  # which insertion the line is for
        self._hung_up_at = 0.0
        threading.Thread(target=self._keep_connected, daemon=True).start()
        threading.Thread(target=self._follow, daemon=True).start()

    def _keep_connected(self) -> None:
        """A card in the reader is a connection; when pcscd is not there yet, or gone, it is tried again."""
        changed = self._reader.changed
        while True:
            with changed:
                while not self._reader.atr:
                    changed.wait()
                insertion = self._reader.insertion
            time.sleep(max(0.0, self._hung_up_at + _ABSENCE_S - time.monotonic()))
            try:
                line = socket.create_connection(self._address, 2)
            except OSError:
                with changed:
                    changed.wait(_RETRY_S)
                continue
            self._serve(line, insertion)

    def _serve(self, line: socket.socket, insertion: int) -> None:
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._reader.changed:
            self._line, self._card = line, insertion
            self._reader.changed.notify_all()
        with contextlib.suppress(OSError, EOFError):
            while True:
                self._answer(line, _read(line, int.from_bytes(_read(line, 2), "big")))
        with self._reader.changed:
            self._line, self._hung_up_at = None, time.monotonic()
        line.close()

    def _answer(self, line: socket.socket, message: bytes) -> None:
        if message in (_POWER_OFF, _POWER_ON, _RESET):
            with self._reader.changed:
                self._reader.power_card()
            return
        try:
            answer = (self._reader.atr or b"") if message == _GET_ATR else self._reader.transmit(message)
        except Torn as torn:
            if torn.result is not Result.RESET_CARD:
                raise EOFError from torn
            answer = self._reader.transmit(message)
        line.sendall(len(answer).to_bytes(2, "big") + answer)

    def _follow(self) -> None:
        """Hangs up when the card that we connected for is no longer the one in the reader.

        Only then: vpcd's queue holds one connection, and a second one in a hurry waits for a second.
        """
        changed = self._reader.changed
        with changed:
            while True:
                if self._line and (self._card != self._reader.insertion or not self._reader.atr):
                    with contextlib.suppress(OSError):
                        self._line.shutdown(socket.SHUT_RDWR)
                changed.wait()


def _read(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
