"""What the back office asks of a device: its check is run once nobody is being served, its support bundle packed."""

import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace

from loyalty.contract.fleet import BUNDLE, DONE, FAILED, TAKEN, Errand, ErrandReport, StepTold
from loyalty.contract.wire import to_json
from loyalty.counter.link import Link
from loyalty.counter.self_test import SelfTests
from loyalty.errors import Conflict, LoyaltyError, NotFound

SERVING_S = 300.0
"""How long a check waits for the counter to be free."""
BUSY = "Customers were served all the time; ask again when it is quieter."


class Errands:
    """One at a time, moved on by `step`, all on the thread of whoever reports. pack: a device's support bundle."""

    def __init__(self, tests: SelfTests, pack: Callable[[str], bytes], serving: Callable[[], bool]) -> None:
        self._tests, self._pack, self._serving = tests, pack, serving
        self._hand: Errand | None = None
        self._report = ErrandReport(TAKEN)
        self._sent: ErrandReport | None = None
        self._started, self._give_up = False, 0.0

    def take(self, asked: Sequence[Errand]) -> None:
        """The next one, unless one is in hand already. What a program that ended had begun is begun anew."""
        if self._hand is None and asked:
            self._hand, self._report, self._sent = asked[0], ErrandReport(TAKEN), None
            self._started, self._give_up = False, time.monotonic() + SERVING_S

    def step(self, link: Link) -> bool:
        """Does what can be done without waiting and tells it; True when the next errand may be asked for.

        Unreachable: told next time. An errand that the server knows no more is let go.
        """
        if self._hand is None:
            return False
        if self._report.status == TAKEN:
            self._report = self._moved_on(self._hand)
        if self._report != self._sent:
            try:
                link.at_counter("POST", f"errands/{self._hand.id}", to_json(self._report))
            except LoyaltyError:
                self._report = replace(self._report, status=FAILED)
            self._sent = self._report
        if self._report.status == TAKEN:
            return False
        self._hand = None
        return True

    def _moved_on(self, errand: Errand) -> ErrandReport:
        try:
            if errand.verb == BUNDLE:
                return ErrandReport(DONE, file=b64encode(self._pack(errand.device)).decode("ascii"))
            return self._tested(errand)
        except (NotFound, Conflict) as error:
            return ErrandReport(FAILED, trouble=str(error))

    def _tested(self, errand: Errand) -> ErrandReport:
        test = self._tests.of(errand.device)
        if not self._started:
            if self._serving():
                late = time.monotonic() > self._give_up
                return ErrandReport(FAILED, trouble=BUSY) if late else ErrandReport(TAKEN)
            test.start()
            self._started = True
        view = test.view()
        steps = tuple(StepTold(each["title"][:200], each["result"], each["seen"][:2000], each["advice"][:2000])
                      for each in view["steps"])  # fmt: skip
        if view["running"]:
            return ErrandReport(TAKEN, steps, view["asks"])
        status = FAILED if view["trouble"] else DONE
        return ErrandReport(status, steps, held=view["held"], trouble=view["trouble"])
