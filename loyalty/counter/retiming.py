"""A sale that was stamped by a wrong clock, before anybody could know: it gets its right time before it is told."""

from dataclasses import replace
from datetime import datetime, timedelta

from loyalty.contract.commands import Command

_OWN_TIME_S = 1.0
"""A command whose time is further from when it was stored has it from somewhere else, such as a till's receipt."""


def with_right_time(command: Command, made_at: datetime, by: timedelta) -> Command:
    """The command moved by what has been learned of the clock since `made_at` was taken from it."""
    if abs((command.occurred_at - made_at).total_seconds()) > _OWN_TIME_S:
        return command
    return replace(command, occurred_at=command.occurred_at + by)
