"""One device, one thread: opened, served, and opened again for as long as the program runs.

created -> open -> lost -> (pause) -> open -> … The thread says how its device is whenever that changes.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from loyalty.counter.settings import DeviceSettings
from loyalty.devices.consent import doubt
from loyalty.devices.interfaces import Health, UnitStatus
from loyalty.devices.options import set_for
from loyalty.devices.profiles import Profile, read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.trace import Trace
from loyalty.devices.transports import open_transport
from loyalty.errors import ConfigError, DeviceError, InUse

FIRST_PAUSE_S, LONGEST_PAUSE_S, LENT_WITHIN_S = 0.2, 5.0, 10.0
HISTORY = 200
_OFFLINE = {"link_lost", "no_answer"}
_FAULT = {"garbled", "rejected", "needs_repair", "device", "config", "head_temperature"}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeviceState:
    """How a device is, for screens. `cause` is a code of loyalty.errors; `since` is when it became so."""

    id: str
    role: str
    profile: str
    health: Health
    cause: str
    advice: str
    since: datetime
    simulated: bool


class Service(Protocol):
    """What is done with an open device. Returns when `unit.stopping` is set; DeviceError means: open it again."""

    def serve(self, unit: "DeviceThread", driver: Any) -> None: ...


def status_of(error: DeviceError) -> UnitStatus:
    """The state of a device that has just failed with `error`."""
    if error.code in _OFFLINE:
        health = Health.OFFLINE
    elif error.code in _FAULT:
        health = Health.FAULT
    else:
        health = Health.NEEDS_PERSON
    return UnitStatus(health, error.code, error.advice, str(error))


class DeviceThread:
    """Runs `service` on the device that `settings` name. `changed` hears every new DeviceState."""

    def __init__(
        self, settings: DeviceSettings, service: Service, changed: Callable[[DeviceState], None],
        profile: Profile | None = None,
    ) -> None:  # fmt: skip
        self.settings, self._service, self._changed = settings, service, changed
        self.profile = set_for(profile or read_profile(settings.profile), settings.settings)
        self.trace = Trace(self.profile)
        self.stopping = threading.Event()
        self._over, self._lending = False, threading.Lock()
        self.state = self._state(UnitStatus(Health.UNKNOWN))
        self.history: deque[DeviceState] = deque([self.state], maxlen=HISTORY)
        """The last states, the present one last."""
        self.figures: dict[str, int] = {}
        """What the device counted of its own wear when it was last asked."""
        self._thread = self._new_thread()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        self._over = True
        self.stopping.set()

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Within, the port is free for somebody else: the thread has ended. It goes on afterwards."""
        with self._lending:
            self.stopping.set()
            self._thread.join(LENT_WITHIN_S)
            if self._thread.is_alive():
                raise InUse(f"{self.settings.id} is in the middle of a job.", advice="Wait until it is done.")
            try:
                yield
            finally:
                if not self._over:
                    self.stopping.clear()
                    self._thread = self._new_thread()
                    self._thread.start()

    def use(self, profile: Profile) -> None:
        """Another profile from the next opening on; only while the device is lent."""
        self.profile, self.trace = profile, Trace(profile)

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def show(self, status: UnitStatus) -> None:
        """The device said this about itself; told on when it differs from before."""
        state = self._state(status)
        same = (state.health, state.cause, state.advice) == (self.state.health, self.state.cause, self.state.advice)
        if not same:
            if status.cause:
                log.info("device %s: %s (%s) %s", state.id, state.health.value, status.cause, status.detail)
            self.state = state
            self.history.append(state)
            self._changed(state)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self.stopping.is_set():
            started = time.monotonic()
            status = self._serve_once()
            if self.stopping.is_set():
                return
            self.show(status)
            if time.monotonic() - started > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S  # it had worked for a while: this is a new trouble
            self.stopping.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _serve_once(self) -> UnitStatus:
        """Open, serve until it fails, close; how the device is afterwards."""
        real = self.settings.control is None
        if real and not self.settings.accept_unverified and (sentence := doubt(self.profile)):
            advice = f"{sentence} To drive it all the same, write accept_unverified = true to {self.settings.id}."
            return UnitStatus(Health.FAULT, "config", advice)
        try:
            self.trace.opened()
            transport = open_transport(self.settings.port, self.profile, self.trace.note)
            try:
                driver = driver_for(self.profile)(transport, self.profile)
                self._service.serve(self, driver)
            finally:
                transport.close()
        except DeviceError as error:
            return status_of(error)
        except ConfigError as error:
            return UnitStatus(Health.FAULT, "config", str(error))
        except Exception as error:  # a driver's own defect must not take the till down; it is logged and shown
            log.exception("the driver of %s failed", self.settings.id)
            return UnitStatus(Health.FAULT, "device", DeviceError.advice, str(error))
        return UnitStatus(Health.UNKNOWN)

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name=f"device-{self.settings.id}", daemon=True)

    def _state(self, status: UnitStatus) -> DeviceState:
        return DeviceState(
            self.settings.id, self.settings.role, self.settings.profile, status.health, status.cause, status.advice,
            datetime.now(UTC), self.settings.control is not None,
        )  # fmt: skip
