"""What the printer says of itself, for the person at the counter: flags and NACK codes of the profile -> errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loyalty import errors
from loyalty.devices.interfaces import CardPosition, Health, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.replies import Nack
from loyalty.devices.wire.evolis.status import Status
from loyalty.errors import DeviceError

UNTOUCHED, UNKNOWN, PRINTED = "untouched", "unknown", "printed"
"""How far a job on a card got, for DeviceError.half."""

_KINDS: dict[str, type[DeviceError]] = {
    kind.code: kind
    for kind in (
        errors.CardJam, errors.CoverOpen, errors.DeviceOffline, errors.FeederEmpty, errors.HeadTooHot,
        errors.NeedsRepair, errors.NoCard, errors.Rejected, errors.RibbonInTheWay, errors.StripeUnreadable,
        errors.StripeWriteFailed,
    )
}  # fmt: skip
_AT_WORK = ("INF_BUSY", "INF_PRINTING_RUNNING", "INF_ENCODING_RUNNING", "INF_CLEANING_RUNNING", "INF_UPDATING_FIRMWARE")
_PLACES = (
    ("removal_wait", CardPosition.REMOVAL_WAIT), ("inside", CardPosition.INSIDE), ("inlet", CardPosition.INLET)
)  # fmt: skip


class Troubles:
    """The tables of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._rows: list[dict[str, Any]] = [
            row for row in profile["statuses"] if profile["input_tray"] in row.get("trays", profile["input_tray"])
        ]
        self._notices: list[dict[str, str]] = profile["notices"]
        self._refusals: dict[str, dict[str, Any]] = {row["text"]: row for row in profile["refusals"]}
        self._nacks: dict[str, dict[str, Any]] = {row["code"]: row for row in profile["nacks"]}
        self._places: dict[str, list[str]] = profile["places"]

    def of(self, status: Status, *, work_only: bool = False) -> DeviceError | None:
        """The gravest trouble that these flags tell, or None. `work_only`: only what ended the last work."""
        for row in self._rows:
            if row["flag"] in status.flags and not (work_only and row.get("stops")):
                return _error(row, f"The printer reports {row['flag']}: {row['means']}.")
        return None

    def of_nack(self, nack: Nack) -> DeviceError:
        row = self._nacks[nack.code]
        return _error(row, f"The printer refuses with code {nack.code}: {row['means']}.")

    def of_text(self, text: str) -> DeviceError | None:
        """What a text that refuses a command says; None when it only says that."""
        row = self._refusals.get(text)
        return _error(row, f"The printer answers {text!r}: {row['means']}.") if row else None

    def failed(self, status: Status) -> bool:
        """The last work failed, and the printer remembers it."""
        return self.of(status, work_only=True) is not None

    def unit_status(self, status: Status, detail: str) -> UnitStatus:
        if trouble := self.of(status):
            health = Health.FAULT if trouble.code == errors.NeedsRepair.code else Health.NEEDS_PERSON
            return UnitStatus(health, trouble.code, trouble.advice, str(trouble))
        if status.flags.intersection(_AT_WORK):
            return UnitStatus(Health.BUSY, detail=detail)
        notes = [row["means"] for row in self._notices if row["flag"] in status.flags]
        return UnitStatus(Health.READY, detail="; ".join([detail, *notes]))

    def position(self, status: Status) -> CardPosition:
        for name, position in _PLACES:
            if status.flags.intersection(self._places[name]):
                return position
        return CardPosition.NONE


def _error(row: dict[str, Any], sentence: str) -> DeviceError:
    return _KINDS[row["error"]](sentence, advice=row.get("advice"))


@contextmanager
def stage(half: str) -> Iterator[None]:
    """Errors within say that the job got as far as `half`, unless they know it better."""
    try:
        yield
    except DeviceError as error:
        error.half = error.half or half
        raise
