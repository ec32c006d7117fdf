"""A till that is listened to: its line to a display or a printer, or an output made for this, read line by line."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Any

from loyalty.counter.tills.folder import Book
from loyalty.counter.tills.lines import LONGEST_LINE, LineReader
from loyalty.counter.tills.mapping import Mapping
from loyalty.counter.tills.settings import TillSettings
from loyalty.counter.tills.unreadable import Report
from loyalty.devices.transports.serial_port import SerialPort
from loyalty.devices.wire.escpos import Command, Decoder, Printable
from loyalty.errors import LinkLost, LoyaltyError

POLL_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
_BREAKS = ("line feed", "carriage return", "form feed", "feed dots", "feed lines", "cut", "cut old")
log = logging.getLogger(__name__)


class PlainLines:
    """Bytes in any pieces in, lines out; any of CR, LF and FF ends one."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *whole, self._rest = (self._rest + data).replace(b"\r", b"\n").replace(b"\x0c", b"\n").split(b"\n")
        self._rest = self._rest[-LONGEST_LINE:]
        return [line for line in whole if line]


class PrinterLines:
    """The same for a receipt printer's line: commands and pictures are taken out."""

    def __init__(self) -> None:
        self._decoder, self._line = Decoder(), b""

    def feed(self, data: bytes) -> list[bytes]:
        lines = []
        for message in self._decoder.feed(data):
            if isinstance(message, Printable):
                self._line = (self._line + message.data)[:LONGEST_LINE]
            elif isinstance(message, Command) and message.name == "tab":
                self._line += b" "
            elif isinstance(message, Command) and message.name in _BREAKS and self._line:
                lines.append(self._line)
                self._line = b""
        return lines


class SerialTill:
    """One thread; opens the port again when it was lost. `book` is told each receipt; its answer goes to the log.
    `unread` is told what is none."""

    def __init__(
        self, till: TillSettings, mapping: Mapping, zone: tzinfo | None, book: Book, unread: Report
    ) -> None:
        self._till, self._mapping, self._zone, self._book, self._unread = till, mapping, zone, book, unread
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"till {till.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(6)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                port = SerialPort(self._till.port, {"baudrate": self._till.baud})
            except LinkLost as error:
                log.warning("till %s: %s", self._till.id, error)
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            try:
                self._listen(port)
            except LinkLost as error:
                log.warning("till %s: %s", self._till.id, error)
                self._stopping.wait(FIRST_PAUSE_S)
            finally:
                port.close()

    def _listen(self, port: SerialPort) -> None:
        bytes_in = PrinterLines() if self._mapping.text.printer else PlainLines()
        reader, heard_at = LineReader(self._mapping, self._zone, self._unread), time.monotonic()
        while not self._stopping.is_set():
            data = port.read(POLL_S)
            if data:
                heard_at = time.monotonic()
                for line in bytes_in.feed(data):
                    self._tell(partial(reader.feed, line.decode(self._mapping.encoding, "replace")))
            elif time.monotonic() - heard_at > self._mapping.text.pause_s:
                heard_at = time.monotonic()
                self._tell(reader.finish)

    def _tell(self, found: Callable[[], list[dict[str, Any]]]) -> None:
        """A receipt that cannot be read or booked is logged; the line goes on."""
        try:
            for body in found():
                answer = self._book(body)
                log.info("till %s: receipt %s: %s", self._till.id, answer["receipt"], answer["status"])
        except LoyaltyError as error:
            log.warning("till %s: a receipt was not booked: %s", self._till.id, error)
        except Exception:  # one receipt must not end the listening; what went wrong stands in the log
            log.exception("till %s: a receipt failed", self._till.id)
