"""What a step is, and the two ways in which it ends other than well."""

from collections.abc import Callable
from dataclasses import dataclass

from loyalty.devices.check.desk import Desk


class NotHeld(Exception):
    """The step did not hold: what was seen instead, and what to do about it."""

    def __init__(self, seen: str, advice: str, cause: str = "unexpected") -> None:
        super().__init__(seen)
        self.advice, self.cause = advice, cause


class LeftOut(Exception):
    """The step cannot be tried here; the text says why."""


@dataclass(frozen=True)
class Step:
    """`run` gives what was seen; NotHeld, LeftOut or DeviceError otherwise. After a `vital` one failed, no more."""

    name: str
    title: str
    expected: str
    run: Callable[[Desk], str]
    vital: bool = False
