"""What an Evolis printer knows and is told: names and numbers, trays, error management, who has reserved it."""

import threading
import time
from collections.abc import Callable

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.messages import Command
from loyalty.devices.wire.evolis.status import Status
from loyalty.devices.wire.evolis.stripe import FORMATS
from simulators.evolis.stops import Trouble
from simulators.evolis.works import Works

SERIAL = "10000412345"
ACCEPTED = {
    "Psync", "Psmgr", "Ppws", "Ppmode", "Prw", "Pwres", "Psk", "Piqla", "Pmc", "Pct", "Peoic", "Pc", "Ps",
    "Pl", "Pr", "Pmi", "Pcrm", "Psc", "Pmd", "Pmtc", "Pcom", "Mr", "Sr", "Sv", "St", "Stt", "Sc", "Scp", "Sp",
}  # fmt: skip
"""Taken without a visible effect: settings of ribbons and heads, movements of the ribbon, cleaning, test cards."""
FEEDING = {"F": "CFG_FEED_BY_FEEDER", "M": "CFG_FEED_MANUALLY", "C": "CFG_FEED_BY_CDE"}


class Panel:
    def __init__(self, profile: Profile, works: Works, changed: threading.Condition, now: Callable[[], float]) -> None:
        self._profile, self.works, self.changed, self._now = profile, works, changed, now
        self._settings: dict[str, str] = {}
        self._session, self._session_ends = 0, 0.0
        self._jobs = 0
        self.job = 0
        """The number of the print job that has begun and not ended; 0 for none."""
        self.restart()

    def restart(self) -> None:
        """As after power-on; trays and error management were not saved."""
        self._settings = {"Pem": "0", "Pcim": "F", "Pcem": "D", "Pcrm": "D", "Pps": "0", "Pneab": "1", "Pcla": "0"}
        self._session = 0
        self._last = "OK"
        self.end_job()

    def begin_job(self) -> int:
        """The job's number."""
        self._jobs += 1
        self.job, self.job_failed = self._jobs, False
        return self.job

    def end_job(self) -> None:
        self.job, self.job_failed = 0, False

    @property
    def acknowledges(self) -> bool:
        """ACK and NACK instead of texts."""
        return self._settings["Pem"] == "4"

    @property
    def status_follows(self) -> bool:
        return self._settings["Pps"] == "1" and self._profile["dialect"] == "status"

    @property
    def keeps_card(self) -> bool:
        """Se does not push the card out."""
        return self._settings["Pneab"] == "0"

    def status(self) -> Status:
        with self.changed:
            flags = {*self._profile["config_flags"], *self.works.flags()}
            if feeding := FEEDING.get(self.works.tray):
                flags.add(feeding)
            if self._settings["Pcla"] == "1":
                flags.add("INF_CLAIM")
            if self._settings["Pem"] == "0":
                flags.add("INF_PRINTER_MASTER")
            return Status.of(flags, self._holder())

    def answer(self, command: Command) -> str:
        """The text for a command that moves no card in or out. Trouble when it fails."""
        self._last = text = self._answer(command.name, command.params)
        return text

    def _answer(self, name: str, params: tuple[str, ...]) -> str:
        if name.startswith("R"):
            return self._read(name, params)
        if name == "Psid" and len(params) == 2 and all(text.isdecimal() for text in params):
            self._reserve(int(params[0]) & 0xFFFF, int(params[1]))
        elif name in ("Smr", "Smw"):
            self.works.read_stripe() if name == "Smr" else self.works.write_stripe()
        elif name in ("Scs", "Srs"):
            self.works.forget_failures()
        elif name in ("Pmt", "Dm") and len(params) == 2:
            self._stripe(name, *params)
        elif name in self._settings and params:
            self._settings[name] = params[-1] if name == "Pneab" else params[0]
            if name == "Pcim":
                self.works.tray = params[0]
        elif name == "Pmi" and params:
            self.works.tray = params[0]
        elif name not in ACCEPTED:
            return "ERROR CDE"
        return "OK"

    def _read(self, name: str, params: tuple[str, ...]) -> str:
        known = {
            "Rtp": self._profile["model_sample"], "Rfv": self._profile["firmware_sample"], "Rsn": SERIAL,
            "Rkn": "1", "Rzp": "0", "Rok": "OK", "Rlr": self._last,
            "Rem": self._settings["Pem"], "Rcim": self._settings["Pcim"], "Rcem": self._settings["Pcem"],
            "Rcrm": self._settings["Pcrm"],
        }  # fmt: skip
        if name == "Rmb" and len(params) == 1 and params[0] in ("1", "2", "3"):
            return self._found(int(params[0]))
        if (name, *params) == ("Rco", self._profile["card_counter"]):
            return str(self.works.counters["prints"])
        if params and name != "Rem":
            return "ERROR CDE"
        return str(known.get(name, "ERROR CDE"))

    def _found(self, track: int) -> str:
        with self.changed:
            if "ERR_READ_MAGNETIC" in self.works.errors:
                raise Trouble("ERR_READ_MAGNETIC")
            text = self.works.found.get(track)
        if text is None:
            raise Trouble("ERR_BLANK_TRACK")
        return text

    def _stripe(self, name: str, track: str, value: str) -> None:
        if track not in ("1", "2", "3") or (name == "Pmt" and not value.isdecimal()):
            raise Trouble("ERR_MAGNETIC_DATA")
        with self.changed:
            if name == "Dm":
                self.works.to_write[int(track)] = value
            elif int(value) in FORMATS:
                self.works.formats[int(track)] = int(value)

    def _reserve(self, session: int, seconds: int) -> None:
        """The first program that asks has the printer until its time is over or it lets go (0)."""
        with self.changed:
            holder = self._holder()
            if session == 0 or holder in (0, session):
                self._session, self._session_ends = session, self._now() + seconds

    def _holder(self) -> int:
        return self._session if self._session and self._now() < self._session_ends else 0


def monotonic() -> float:
    """Seconds on a clock that nobody sets."""
    return time.monotonic()
