"""A command that a simulated Sanwa unit carries out, and how the work can end early."""

from loyalty.devices.wire.sanwa.block import Command

STAGES = ("moved", "erased", "printed", "encoded")
"""Moments at which a jam, a pulled card or a power cut can strike."""


class Stopped(Exception):
    """Another command or a power cut ended the work."""


class Trouble(Exception):
    """The command fails with this P byte."""

    def __init__(self, trouble: int) -> None:
        super().__init__(f"trouble {trouble:02X}h")
        self.trouble = trouble


class Illegal(Exception):
    """The command cannot be given now: state 32h."""


class Job:
    """One command being carried out. waiting: it wants a card (state 34h)."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.stopped = False
        self.waiting = False
