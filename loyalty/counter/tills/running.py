"""All tills of this counter: what has to watch and listen is started and stopped with the program."""

import threading
from typing import Any

from loyalty.clock import Clock
from loyalty.counter.settings import CounterSettings
from loyalty.counter.till import said
from loyalty.counter.tills.answers import REFUSED, answer_of
from loyalty.counter.tills.booking import Booking
from loyalty.counter.tills.folder import Book, FolderWatch
from loyalty.counter.tills.lines import LineReader
from loyalty.counter.tills.mapping import TEXT, Mapping, read_mapping
from loyalty.counter.tills.receipt import read_receipt
from loyalty.counter.tills.serial_line import SerialTill
from loyalty.counter.tills.settings import FOLDER, KEYBOARD, SERIAL, TillSettings
from loyalty.counter.tills.unreadable import Report, Unreadable, as_text
from loyalty.errors import ConfigError, LoyaltyError


class Tills:
    """ConfigError at once when a mapping or a folder cannot be used; nothing runs before `start`."""

    def __init__(self, settings: CounterSettings, clock: Clock, booking: Booking, unreadable: Unreadable) -> None:
        self.booking, self._unreadable = booking, unreadable
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._typing: dict[str, LineReader] = {}
        self._runners: list[FolderWatch | SerialTill] = []
        for till in settings.tills:
            mapping = read_mapping(till.mapping) if till.mapping else None
            if mapping is not None:
                self._add(till, mapping)

    def start(self) -> None:
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        for runner in self._runners:
            runner.stop()

    def line(self, till: TillSettings, text: str) -> list[dict[str, Any]]:
        """A line that the till typed; the answers to the receipts that it completed."""
        with self._lock:
            bodies = self._typing[till.id].feed(text)
            if not self._ends_by_itself:
                bodies += self._typing[till.id].finish()
        return [self._book_and_say(till)(body) for body in bodies]

    def _add(self, till: TillSettings, mapping: Mapping) -> None:
        zone, unread = self._settings.zone, self._unreadable.of(till)
        if till.way in (SERIAL, KEYBOARD) and mapping.format != TEXT:
            raise ConfigError(f"The till {till.id} writes lines, so its mapping needs format = {TEXT!r}.")
        if till.way == FOLDER:
            self._runners.append(FolderWatch(till, mapping, zone, self._book(till), self._clock, unread))
        elif till.way == SERIAL:
            self._runners.append(SerialTill(till, mapping, zone, self._book_and_say(till), unread))
        elif till.way == KEYBOARD:
            self._typing[till.id] = LineReader(mapping, zone, self._said_too(till, unread))
            self._ends_by_itself = bool(mapping.text.end)

    def _said_too(self, till: TillSettings, unread: Report) -> Report:
        """What a till typed and nobody can read is seen by the cashier as well."""

        def report(sentence: str, text: str) -> None:
            unread(sentence, text)
            self._say(till, "", "invalid", sentence)

        return report

    def _say(self, till: TillSettings, receipt: str, code: str, sentence: str) -> None:
        words = f"{till.id}, {receipt}: {sentence}" if receipt else f"{till.id}: {sentence}"
        self.booking.selling.desk.act(lambda now: said(now, code, words, self._clock()))

    def _book(self, till: TillSettings) -> Book:
        def book(body: dict[str, Any]) -> dict[str, Any]:
            receipt = read_receipt(body, self._settings.currency, self._settings.zone, self._clock())
            return answer_of(receipt.number, self.booking.book(till, receipt))

        return book

    def _book_and_say(self, till: TillSettings) -> Book:
        """For ways on which the till hears no answer: what was refused is said on the cashier's screen."""

        def book(body: dict[str, Any]) -> dict[str, Any]:
            try:
                answer = self._book(till)(body)
            except LoyaltyError as error:
                answer = {"receipt": str(body.get("receipt", "")), "status": REFUSED, "code": error.code,
                          "sentence": str(error)}  # fmt: skip
                self._unreadable.of(till)(str(error), as_text(body))
            if answer["status"] == REFUSED:
                self._say(till, answer["receipt"], answer["code"], answer["sentence"])
            return answer

        return book
