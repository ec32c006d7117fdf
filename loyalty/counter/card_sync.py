"""Keeps cards right between counter and server: reports go out; cards to refuse, limits and the face's design come in.

A thread of its own that never stands in the way of a sale: what it cannot do now it does a little later.
"""

import logging
import threading
from collections.abc import Callable

from loyalty.contract.card_report import CardReport, CardVerdict
from loyalty.counter.card_memory import CardMemory
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.offline_limits import OfflineLimits
from loyalty.errors import LoyaltyError

EVERY_S = 15.0
log = logging.getLogger(__name__)


class CardSync:
    def __init__(
        self, memory: CardMemory, link: Link, limits: OfflineLimits | None = None, every_s: float = EVERY_S
    ) -> None:
        self._memory, self._link, self._limits, self._every_s = memory, link, limits, every_s
        self.also: tuple[Callable[[], object], ...] = ()
        """What else is fetched each time, after the cards."""
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="cards", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def hurry(self) -> None:
        """Something happened that others should know now."""
        self._wake.set()

    def exchange(self) -> None:
        """Once: tell all, fetch the list. Unreachable when the server is away; what was told stays told."""
        while reports := self._memory.untold():
            self._tell(reports)
        news = self._link.hot_list(self._memory.hot_version())
        if news.cards is not None:
            self._memory.new_hot_list(news.version, news.cards)
        if self._limits is not None:
            self._limits.heed(news.offline)
        face = self._link.card_face(self._memory.face()[0])
        if face is not None:
            self._memory.new_face(*face)
        for fetch in self.also:
            fetch()

    def _tell(self, reports: list[CardReport]) -> None:
        try:
            verdicts = self._link.card_reports(reports)
        except LoyaltyError as error:  # the server will never take one of them; no sale hangs on it
            log.warning("card reports were refused: %s", error)
            verdicts = []
        self._memory.told(reports)
        for report, verdict in zip(reports, verdicts, strict=False):
            self._heed(report, verdict)

    def _heed(self, report: CardReport, verdict: CardVerdict) -> None:
        if verdict.verdict in ("copied", "bent") and report.token is not None:
            self._memory.suspect(report.token, verdict.verdict)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.exchange()
            except (Unreachable, LoyaltyError) as error:
                log.info("cards are told later: %s", error)
            except Exception:  # nothing about a card may end this thread; it is logged and tried again
                log.exception("telling of cards failed")
            self._wake.wait(self._every_s)
