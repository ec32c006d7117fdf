"""Bodies and answers of the calls by which counters tell of their devices. Limits are those of the tables."""

from typing import Annotated, Literal

from pydantic import Field

from loyalty.web.api.answers import Given
from loyalty.web.api.schemas import Moment, Strict

_NO_NUL = r"^[^\x00]*$"
DeviceId = Annotated[str, Field(min_length=1, max_length=60, pattern=_NO_NUL)]
Word = Annotated[str, Field(max_length=40, pattern=_NO_NUL)]
Line = Annotated[str, Field(max_length=80, pattern=_NO_NUL)]
Sentence = Annotated[str, Field(max_length=2000, pattern=_NO_NUL)]
Role = Annotated[str, Field(max_length=24, pattern=_NO_NUL)]
Health = Literal["unknown", "ready", "busy", "needs_person", "fault", "offline"]
Count = Annotated[int, Field(ge=0, le=10**15)]
MOST_DEVICES, MOST_CHANGES = 100, 500
LONGEST_FILE = 1_400_000
"""Of a support bundle in base64: about a megabyte."""


class DeviceBody(Strict):
    id: DeviceId
    role: Role
    profile: Line
    vendor: Line
    model: Line
    firmware: Line
    health: Health
    cause: Word
    advice: Sentence
    since: Moment
    simulated: bool
    figures: Annotated[dict[Word, Count], Field(max_length=20)] = {}


class StateBody(Strict):
    device: DeviceId
    at: Moment
    health: Health
    cause: Word = ""
    advice: Sentence = ""


class CounterReportBody(Strict):
    """POST /counters/{id}/report: loyalty.contract.fleet.CounterReport."""

    version: Word
    waiting: Annotated[int, Field(ge=0, le=10**9)]
    devices: Annotated[tuple[DeviceBody, ...], Field(max_length=MOST_DEVICES)]
    changes: Annotated[tuple[StateBody, ...], Field(max_length=MOST_CHANGES)] = ()


class StepTold(Strict):
    title: Annotated[str, Field(max_length=200, pattern=_NO_NUL)]
    result: Literal["held", "failed", "skipped"]
    seen: Sentence = ""
    advice: Sentence = ""


class ErrandReportBody(Strict):
    """POST /counters/{id}/errands/{errand}: loyalty.contract.fleet.ErrandReport."""

    status: Literal["taken", "done", "failed"]
    steps: Annotated[tuple[StepTold, ...], Field(max_length=200)] = ()
    asks: Sentence = ""
    held: bool | None = None
    trouble: Sentence = ""
    file: Annotated[str, Field(max_length=LONGEST_FILE, pattern=r"^[A-Za-z0-9+/=]*$")] = ""


class ErrandAnswer(Given):
    id: str
    device: str
    verb: str


class ReportAnswer(Given):
    errands: list[ErrandAnswer]


class ErrandStatusAnswer(Given):
    status: str
