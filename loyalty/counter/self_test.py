"""The conformance run on a device of this counter: on a thread of its own, while the counter lets go of the port."""

import threading
from typing import Any

from loyalty.clock import Clock
from loyalty.counter.agent import Agent
from loyalty.counter.device_thread import DeviceThread
from loyalty.devices.check import Hands, PersonHands, Report, SimulatorHands, StepResult, run_check
from loyalty.errors import ConfigError, Conflict, DeviceError, NotFound

ANSWER_S = 120.0


class SelfTest:
    """One device's last run, or the one in hand. `asks` is what somebody at the device is to do or to answer."""

    def __init__(self, unit: DeviceThread, clock: Clock) -> None:
        self._unit, self._clock = unit, clock
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answer: bool | None = None
        self.running = False
        self.steps: list[StepResult] = []
        self.report: Report | None = None
        self.asks, self.is_question, self.trouble = "", False, ""

    def start(self) -> None:
        """Conflict when it runs already."""
        with self._lock:
            if self.running:
                raise Conflict("This device is being tested already; wait for the result.")
            self.running, self.steps, self.report, self.trouble = True, [], None, ""
        threading.Thread(target=self._run, name=f"self-test-{self._unit.settings.id}", daemon=True).start()

    def answer(self, good: bool) -> None:
        """What the person says to the question in `asks`."""
        self._answer = good
        self._answered.set()

    def view(self) -> dict[str, Any]:
        report = self.report  # first, and once: a run that ends meanwhile is not shown with half its steps
        return {
            "running": self.running, "asks": self.asks, "question": self.is_question, "trouble": self.trouble,
            "steps": [vars(step) for step in (report.steps if report else list(self.steps))],
            "held": report.held if report else None,
            "verdict": report.verdict() if report else "",
        }  # fmt: skip

    def _run(self) -> None:
        try:
            with self._unit.lent():
                self.report = run_check(
                    self._unit.profile, self._unit.settings.port, self._hands(), self._clock().astimezone(),
                    progress=self.steps.append, listener=self._unit.trace.note,
                )  # fmt: skip
        except (ConfigError, DeviceError) as error:
            self.trouble = str(error)
        finally:
            self.running, self.asks, self.is_question = False, "", False

    def _hands(self) -> Hands:
        if self._unit.settings.control:
            return SimulatorHands(self._unit.settings.control)
        return PersonHands(self._say, self._ask)

    def _say(self, words: str) -> None:
        self.asks, self.is_question = words, False

    def _ask(self, question: str) -> bool | None:
        self._answer, self.asks, self.is_question = None, question, True
        self._answered.clear()
        self._answered.wait(ANSWER_S)
        self.asks, self.is_question = "", False
        return self._answer


class SelfTests:
    """The last run of each device of a counter, for the bench and for the back office alike. Thread-safe."""

    def __init__(self, agent: Agent, clock: Clock) -> None:
        self._agent, self._clock = agent, clock
        self._lock = threading.Lock()
        self._tests: dict[str, SelfTest] = {}

    def of(self, id: str) -> SelfTest:
        """NotFound for an id that no device of this counter has."""
        unit = self._agent.units.get(id)
        if unit is None:
            raise NotFound(f"There is no device {id!r} at this counter; known are {', '.join(self._agent.units)}.")
        with self._lock:
            return self._tests.setdefault(id, SelfTest(unit, self._clock))
