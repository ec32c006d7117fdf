"""What the state of the unit means for the person at the counter, and how far a job got."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loyalty import errors
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.replies import State
from loyalty.errors import DeviceError

UNTOUCHED, UNKNOWN, PRINTED = "untouched", "unknown", "printed"
"""How far a job on a card got, for DeviceError.half."""

_KINDS: dict[str, type[DeviceError]] = {
    kind.code: kind for kind in (DeviceError, errors.CardJam, errors.CoverOpen, errors.HeadTooHot, errors.NeedsRepair)
}


class Troubles:
    """The status table of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._rows: list[dict[str, Any]] = profile["statuses"]

    def of(self, state: State) -> DeviceError | None:
        """The trouble that a bit of the state stands for, or None."""
        for row in self._rows:
            if getattr(state, row["bit"]):
                sentence = f"The unit's state {state.byte:02X}h reports {row['means']}."
                return _KINDS[row["error"]](sentence, advice=row.get("advice"))
        return None

    def check(self, state: State) -> None:
        if error := self.of(state):
            raise error


@contextmanager
def stage(half: str) -> Iterator[None]:
    """Errors within say that the job got as far as `half`, unless they know it better."""
    try:
        yield
    except DeviceError as error:
        error.half = error.half or half
        raise
