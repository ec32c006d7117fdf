"""What ends a virtual unit's work early."""

STEPS = ("moved", "write", "verify", "erase", "print")
"""When a jam, a hand or a power cut can strike: when the step has been done."""
AT_STEP = {
    "printer": ("PRINTER", "print"), "head_temperature": ("HEADTEMP", "erase"), "encode": ("ENCODE", "write"),
    "write": ("WRITE", "write"), "verify": ("VERIFY", "verify"), "motor": ("MOTOR", "moved"),
}  # fmt: skip
"""Faults that keep a step from being done, by their code."""
ON_READING = {"read": "READ", "start": "START", "end": "END", "parity": "PARITY", "lrc": "LRC"}


class Trouble(Exception):
    """The request fails with this code of the error list."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code, self.why = code, why


class Stopped(Exception):
    """CANCEL, RESET or a power cut; nobody is answered by the work itself."""


class Job:
    """One long request. `done` and `doing` are how far it got."""

    def __init__(self, number: int, word: str) -> None:
        self.number, self.word = number, word
        self.done: list[str] = []
        self.doing = ""
        self.stopped = False
