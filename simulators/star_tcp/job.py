"""A command that a simulated Star unit carries out, where its card can be, and how the work can end early."""

from enum import Enum

from loyalty.devices.wire.star_tcp.block import Command

STAGES = ("moved", "erased", "printed")
"""Moments at which a jam or a power cut can strike."""


class Place(Enum):
    """Where the card is."""

    NONE = "none"
    INLET = "inlet"
    FRONT = "inside_front"
    REAR = "inside_rear"
    OUT = "removal_wait"


class Stopped(Exception):
    """A priority command or a power cut ended the work."""


class Trouble(Exception):
    """The command fails with `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:02X}h")
        self.status = status


class Job:
    """One command being carried out."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.stopped = False
