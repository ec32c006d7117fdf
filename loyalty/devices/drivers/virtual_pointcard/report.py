"""How far an operation on stripe and face got."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkReport:
    """How far an operation got: steps done (write, verify, erase, print), and the one that was begun and not ended."""

    done: tuple[str, ...] = ()
    doing: str = ""

    @property
    def half(self) -> str:
        """As DeviceError.half says it of the face: untouched, unknown or printed; stripe alone counts as well."""
        if "print" in self.done:
            return "printed"
        begun = {*self.done, self.doing} - {""}
        return "unknown" if begun else "untouched"

    @property
    def face(self) -> str:
        """The same of the face alone."""
        begun = {*self.done, self.doing} & {"erase", "print"}
        return "printed" if "print" in self.done else "unknown" if begun else "untouched"

    @property
    def stripe(self) -> str:
        """The same of the stripe alone: untouched, unknown or written."""
        begun = {*self.done, self.doing} & {"write", "verify"}
        return "written" if "verify" in self.done else "unknown" if begun else "untouched"

    @classmethod
    def of(cls, done: str, doing: str) -> "WorkReport":
        return cls(tuple(step for step in done.split(",") if step), doing)
