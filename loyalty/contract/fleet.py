"""What a counter tells of itself and its devices, and what the back office asks of a device from afar."""

from dataclasses import dataclass, field
from datetime import datetime

CHECK, BUNDLE = "check", "bundle"
"""Verbs of errands: the device check, and the support bundle."""
WAITING, TAKEN, DONE, FAILED, DROPPED, LATE = "waiting", "taken", "done", "failed", "dropped", "late"
"""An errand waits at the server, is taken by its counter, and ends done or failed; dropped by who asked, or late."""
OPEN = (WAITING, TAKEN)
IN_USE = frozenset({"no_card", "take_card", "cancelled", "wrong_card", "card_printing"})
"""Causes that belong to serving a customer: the device is well."""


@dataclass(frozen=True)
class DeviceTold:
    """A device as it is now. health: a value of devices.interfaces.Health. figures: what it counts of its own wear."""

    id: str
    role: str
    profile: str
    vendor: str
    model: str
    firmware: str
    health: str
    cause: str
    advice: str
    since: datetime
    simulated: bool
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StateTold:
    """A device came into this state at this moment of the counter's clock."""

    device: str
    at: datetime
    health: str
    cause: str = ""
    advice: str = ""


@dataclass(frozen=True)
class CounterReport:
    """version: of the counter program. waiting: commands that the server has not answered yet."""

    version: str
    waiting: int
    devices: tuple[DeviceTold, ...]
    changes: tuple[StateTold, ...] = ()


@dataclass(frozen=True)
class Errand:
    """verb: CHECK or BUNDLE."""

    id: str
    device: str
    verb: str


@dataclass(frozen=True)
class StepTold:
    """A step of the device check; result: held, failed or skipped."""

    title: str
    result: str
    seen: str = ""
    advice: str = ""


@dataclass(frozen=True)
class ErrandReport:
    """How far an errand is; every report tells all of it. status: TAKEN, DONE or FAILED.

    asks: what somebody at the device is to do now. file: the bundle, in base64.
    """

    status: str
    steps: tuple[StepTold, ...] = ()
    asks: str = ""
    held: bool | None = None
    trouble: str = ""
    file: str = ""
