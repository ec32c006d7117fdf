"""Bodies of the calls about cards as things."""

from typing import Annotated, Any, Literal

from pydantic import Field

from loyalty.members.card_stock import MOST_IN_BATCH
from loyalty.web.api.schemas import CardKind, Id, Name, Strict, TokenText


class BatchBody(Strict):
    """POST /card-batches: `tokens`, or `first` and `count` for cards whose numbers count up."""

    name: Name
    kind: CardKind
    tokens: Annotated[tuple[TokenText, ...], Field(max_length=MOST_IN_BATCH)] | None = None
    first: TokenText | None = None
    count: Annotated[int, Field(ge=1, le=MOST_IN_BATCH)] = 1
    rewrite_limit: Annotated[int, Field(ge=1, le=100_000)] | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class ReportsBody(Strict):
    """POST /counters/{id}/card-reports: documents of loyalty.contract.card_report, checked one by one."""

    reports: Annotated[tuple[dict[str, Any], ...], Field(max_length=200)]


class GiftCardQuery(Strict):
    """GET /counters/{id}/gift-card: by the code on the card."""

    code: Annotated[str, Field(min_length=1, max_length=120)]


class HotListQuery(Strict):
    known: Annotated[str, Field(max_length=64)] = ""
    """The version that the counter has; then an unchanged list is not sent again."""


class WhoQuery(Strict):
    member: Id


class SaidBody(Strict):
    """POST /counters/{id}/hints:said: ids of messages of this member."""

    member: Id
    ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10)]


class ActivateBody(Strict):
    member: Id
    kind: CardKind
    token: TokenText
    staff: Annotated[str, Field(max_length=60)] | None = None


class CardFaceQuery(Strict):
    known: Annotated[int, Field(ge=-1, le=10**9)] = -1
    """The version that the counter has; then the same design is not sent again."""


class IssueJobBody(Strict):
    """POST /issue-jobs: one card for each member, made at one counter, with these steps in this order."""

    name: Name
    members: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10_000)]
    kind: CardKind
    counter: Id
    steps: Annotated[tuple[Literal["stripe", "face", "chip"], ...], Field(min_length=1, max_length=3)]


class StepDoneBody(Strict):
    job: Id
    place: Annotated[int, Field(ge=0)]
    step: Literal["stripe", "face", "chip"]
    token: TokenText | None = None


class SteerBody(Strict):
    job: Id
    verb: Literal["pause", "resume"]


class CardFailedBody(Strict):
    job: Id
    place: Annotated[int, Field(ge=0)]
    sentence: Annotated[str, Field(min_length=1, max_length=500)]
