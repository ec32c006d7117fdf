"""What keeps an Evolis printer from finishing what it was asked for."""

from dataclasses import dataclass


class Trouble(Exception):
    """A command fails; `flag` stays set."""

    def __init__(self, flag: str) -> None:
        super().__init__(flag)
        self.flag = flag


class CalledOff(Exception):
    """Scs ended a wait: the command fails, no flag stays."""


class Stopped(Exception):
    """The printer lost its power or was restarted; nobody answers any more."""


@dataclass(frozen=True)
class Moment:
    """When something was heard. What Scs or a restart has ended since then is not begun any more."""

    calls: int
    starts: int
