"""The verbs of a receipt printer: is it well, print this, open the drawer."""

import threading
import time
from collections.abc import Iterator, Sequence

from loyalty.contract.paper import Cut, OpenDrawer, Part
from loyalty.devices.drivers.escpos.parts import PartEncoder
from loyalty.devices.interfaces import Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.escpos import answers, encode
from loyalty.errors import CoverOpen, DeviceError, DeviceOffline, NeedsRepair, NoAnswer, OutOfPaper

_KNIFE = "Switch the printer off, open the cover, pull out the paper at the knife, then switch it on again."
_ASK_AGAIN_S = 1.0
"""While a job is being printed the printer is asked this often whether something stopped it."""

_BITS_PER_BYTE = 10
"""On a serial line: start, eight of data, stop."""


class EscPosPrinter:
    """One receipt printer. Calls from several threads wait for each other; a receipt is never mixed with another."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._encoder = PartEncoder(profile)
        self.paper_dots, self.columns = self._encoder.paper_dots, self._encoder.columns
        self._demultiplexer = answers.Demultiplexer()
        self._heard: list[answers.Answer] = []
        self._lock = threading.Lock()
        self._owed = int(profile["raster_strip_rows"]) * (self.paper_dots // 8) + 8
        """Bytes that the printer may still be waiting for, if a job broke off inside a picture. At the start we do
        not know what the program before us left behind. Outside a picture these bytes (NUL) print nothing."""
        self._late_s = 0.0
        """How much later the next answer may come, because what was written last still travels."""
        self._half_printed = False
        self._asked = 0
        """Questions in order that the printer has not answered: those of a torso are answered when it goes on."""

    def can_encode(self, text: str) -> bool:
        """Can `text` be sent as Text? Otherwise it has to come as a Picture."""
        return self._encoder.can_encode(text)

    def status(self) -> UnitStatus:
        """Asks the printer; NoAnswer when it is silent, LinkLost when the line is cut."""
        with self._lock:
            conditions = self._conditions()
        trouble = trouble_in(conditions)
        if trouble:
            health = Health.FAULT if isinstance(trouble, NeedsRepair) else Health.NEEDS_PERSON
            return UnitStatus(health, trouble.code, trouble.advice, str(trouble))
        low = "paper_near_end" in conditions
        return UnitStatus(Health.READY, advice="Have a new roll ready." if low else "",
                          detail="The paper is running low." if low else "")  # fmt: skip

    def print(self, parts: Sequence[Part]) -> None:
        """Prints all of `parts`; returns when the printer has processed every byte.

        Rejected before anything is sent when a part cannot be printed. CoverOpen, OutOfPaper, NeedsRepair or
        DeviceOffline when the printer is or gets into trouble; NoAnswer and LinkLost as they say. After any of these
        the paper may carry a part of the receipt; it is never sent again without being asked for.
        """
        pieces = self._encoder.all(parts)
        with self._lock:
            self._require_well(self._conditions())
            self._finish_torso()
            self._half_printed = True
            self._send([self._encoder.start(), *self._listening(True), *pieces, *self._listening(False)])
            self._await_end()
            self._half_printed = False

    def open_drawer(self, pin: int = 2) -> None:
        """A pulse on the drawer's lock; returns when it has been given. A printer in trouble gives none, so the same
        errors as for print()."""
        pieces = self._encoder.all((OpenDrawer(pin),))
        with self._lock:
            self._require_well(self._conditions())
            self._finish_torso()
            self._send(pieces)
            self._await_end()

    def drawer_is_open(self) -> bool | None:
        """What the drawer's contact says; None where the profile knows of none."""
        wiring = str(self._profile["drawer_sensor"])
        if wiring == "none":
            return None
        with self._lock:
            self._leave_picture()
            high = "drawer_high" in answers.conditions_now(1, self._ask(1))
        return high is (wiring == "high is open")

    def close(self) -> None:
        self._transport.close()

    # -- one job ---------------------------------------------------------------------------------------------------

    def _listening(self, on: bool) -> Iterator[bytes]:
        if self._profile["status_back"]:
            yield answers.status_back(on)

    def _send(self, pieces: Sequence[bytes]) -> None:
        """In chunks, with an ear on the line: a printer in trouble pushes its status, it is not asked meanwhile."""
        chunk = int(self._profile["chunk_bytes"])
        for piece in pieces:
            for at in range(0, len(piece), chunk):
                self._owed = len(piece) - at
                self._transport.write(piece[at : at + chunk])
                self._owed = max(0, len(piece) - at - chunk)
                self._require_well(self._pushed())

    def _leave_picture(self) -> None:
        """Bring a printer that may wait inside a broken-off picture back to the start of a command, before anything
        is asked or sent: a question inside a picture would be taken for dots."""
        if not self._owed:
            return
        if self._profile["clears_buffers"]:
            self._transport.write(encode.CLEAR_BUFFERS)
            self._asked = 0
        self._transport.write(bytes(self._owed))
        # a device server takes them at once and passes them on at the printer's pace
        self._late_s = self._owed * _BITS_PER_BYTE / int(self._profile["line"]["baudrate"])
        self._owed = 0

    def _finish_torso(self) -> None:
        """What is left of a receipt that broke off gets its own slip; the next starts on fresh paper."""
        if not self._half_printed:
            return
        self._await_end()
        self._transport.write(self._encoder.start() + b"".join(self._encoder.all((Cut(),))))
        self._half_printed = False

    def _await_end(self) -> None:
        """Ask in order and wait for the answer, and for those that a torso still owes: the last one is ours."""
        if not self._profile["status_in_order"]:
            self._require_well(self._conditions())
            return
        self._transport.write(answers.ask_in_order())
        self._asked += 1
        before = self._asked
        end = time.monotonic() + float(self._profile["job_timeout_s"])
        while time.monotonic() < end and self._asked:
            answer = self._next_answer(_ASK_AGAIN_S, (answers.ByteAnswer, answers.StatusBack))
            if isinstance(answer, answers.StatusBack):
                self._require_well(answers.conditions_back(answer.data))
            elif answer is None:
                self._require_well(self._conditions())
                if self._asked < before:
                    self._asked = 0  # the answer was ours; the torso and its question were lost
        if not self._asked:
            return
        raise NoAnswer("The printer took the receipt but did not say that it was printed.")

    # -- asking ----------------------------------------------------------------------------------------------------

    def _conditions(self) -> frozenset[str]:
        self._leave_picture()
        now = answers.conditions_now(1, self._ask(1)) | answers.conditions_now(2, self._ask(2))
        if "error" in now:
            now |= answers.conditions_now(3, self._ask(3))
        return now | answers.conditions_now(4, self._ask(4))

    def _ask(self, kind: int) -> int:
        self._pushed()
        self._transport.write(answers.ask_now(kind))
        answer = self._next_answer(float(self._profile["answer_timeout_s"]) + self._late_s, (answers.NowAnswer,))
        self._late_s = 0.0
        if not isinstance(answer, answers.NowAnswer):
            raise NoAnswer("The receipt printer does not answer.")
        return answer.byte

    def _next_answer(self, timeout_s: float, kinds: tuple[type[answers.Answer], ...]) -> answers.Answer | None:
        """The next answer of one of these kinds; None when none came in time. Others are dropped."""
        end = time.monotonic() + timeout_s
        while not self._heard and (left := end - time.monotonic()) > 0:
            self._heard = [answer for answer in self._told(self._transport.read(left)) if isinstance(answer, kinds)]
        return self._heard.pop(0) if self._heard else None

    def _pushed(self) -> frozenset[str]:
        """What the printer said unasked; everything else that lies on the line is stale and dropped."""
        conditions: frozenset[str] = frozenset()
        self._heard.clear()
        while data := self._transport.read(0):
            for answer in self._told(data):
                if isinstance(answer, answers.StatusBack):
                    conditions = answers.conditions_back(answer.data)
        return conditions

    def _told(self, data: bytes) -> list[answers.Answer]:
        heard = self._demultiplexer.feed(data)
        in_order = sum(isinstance(answer, answers.ByteAnswer) for answer in heard)
        self._asked = max(0, self._asked - in_order)
        return heard

    @staticmethod
    def _require_well(conditions: frozenset[str]) -> None:
        if trouble := trouble_in(conditions):
            raise trouble


def trouble_in(conditions: frozenset[str]) -> DeviceError | None:
    """The one thing to mend first, or None."""
    if "cover_open" in conditions:
        return CoverOpen("The receipt printer's cover is open.")
    if "paper_end" in conditions:
        return OutOfPaper("The receipt printer is out of paper.")
    if "cutter" in conditions:
        return NeedsRepair("The receipt printer's knife is jammed.", advice=_KNIFE)
    if conditions & {"unrecoverable", "error"}:
        return NeedsRepair("The receipt printer reports an error that it cannot mend.")
    if conditions & {"recoverable", "waits", "offline"}:
        return DeviceOffline("The receipt printer is offline.")
    return None
