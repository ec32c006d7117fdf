"""What a status of the unit means for the person at the counter: statuses of the profile -> errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loyalty import errors
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.block import OK, Response
from loyalty.errors import DeviceError

UNTOUCHED, UNKNOWN, PRINTED = "untouched", "unknown", "printed"
"""How far a job on a card got, for DeviceError.half."""

_KINDS: dict[str, type[DeviceError]] = {
    kind.code: kind
    for kind in (
        errors.NoCard, errors.StripeUnreadable, errors.StripeWriteFailed, errors.CardJam, errors.CoverOpen,
        errors.Rejected, errors.NeedsRepair,
    )
}  # fmt: skip


class Troubles:
    """The status table of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._rows: dict[int, dict[str, Any]] = {row["code"]: row for row in profile["statuses"]}

    def check(self, response: Response) -> None:
        """Nothing when the command was carried out; else the error that the status stands for."""
        if response.status == OK:
            return
        row = self._rows.get(response.status)
        said = f"The unit answers {response.code:02X}h with status {response.status:02X}h"
        if row is None:
            raise DeviceError(f"{said}, which is not in its manual.")
        raise _KINDS[row["error"]](f"{said}: {row['means']}.", advice=row.get("advice"))


@contextmanager
def stage(half: str) -> Iterator[None]:
    """Errors within say that the job got as far as `half`, unless they know it better."""
    try:
        yield
    except DeviceError as error:
        error.half = error.half or half
        raise


@contextmanager
def working() -> Iterator[None]:
    """Within, a command works on the card: only a refusal leaves it as it was."""
    try:
        yield
    except DeviceError as error:
        refused = isinstance(error, errors.Rejected | errors.NoCard)
        error.half = error.half or (UNTOUCHED if refused else UNKNOWN)
        raise
