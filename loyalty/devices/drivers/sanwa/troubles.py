"""What the bytes P and S of a unit mean for the person at the counter: rows of the profile -> errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loyalty import errors
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import NO_TROUBLE, Reply, State
from loyalty.errors import DeviceError

UNTOUCHED, UNKNOWN, PRINTED = "untouched", "unknown", "printed"
"""How far a job on a card got, for DeviceError.half."""

KINDS: dict[str, type[DeviceError]] = {
    kind.code: kind
    for kind in (
        errors.StripeUnreadable, errors.StripeWriteFailed, errors.CardJam, errors.NeedsRepair, errors.Rejected,
        errors.HeadTooHot, errors.NoCard, errors.FeederEmpty,
    )
}  # fmt: skip
_STATES: dict[int, type[DeviceError]] = {
    State.ILLEGAL.value: errors.Rejected, State.WAITING_FOR_CARD.value: errors.NoCard,
    State.DISPENSER_EMPTY.value: errors.FeederEmpty, State.NO_DISPENSER.value: errors.Rejected,
}  # fmt: skip


class Troubles:
    """The table of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._rows: dict[int, dict[str, Any]] = {row["code"]: row for row in profile["troubles"]}

    def of(self, reply: Reply) -> DeviceError | None:
        """What went wrong with the command that `reply` is the end of; None when nothing did."""
        said = f"The unit answers {reply.number:02X}h with trouble {reply.trouble:02X}h, state {reply.state:02X}h"
        if reply.trouble != NO_TROUBLE:
            row = self._rows.get(reply.trouble)
            if row is None:
                return DeviceError(f"{said}, which nobody has described.")
            if row["error"]:
                return KINDS[row["error"]](f"{said}: {row['means']}.", advice=row.get("advice"))
        if kind := _STATES.get(reply.state):
            return kind(f"{said}.")
        if reply.state != State.DONE.value and reply.state != State.DISPENSER_FULL.value:
            return DeviceError(f"{said}, which nobody has described.")
        return None

    def notice(self, reply: Reply) -> str:
        """What is worth knowing and stops nothing, such as a clock's battery."""
        row = self._rows.get(reply.trouble)
        return str(row["means"]) if row and not row["error"] else ""


@contextmanager
def stage(half: str) -> Iterator[None]:
    """Errors within say that the job got as far as `half`, unless they know it better."""
    try:
        yield
    except DeviceError as error:
        error.half = error.half or half
        raise
