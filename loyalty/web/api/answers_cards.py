"""What calls about cards and their stock answer."""

from typing import Any

from loyalty.web.api.answers import CardAnswer, Given, Moment, ViewAnswer


class CardEventAnswer(Given):
    event: str
    at: Moment
    staff: str | None
    reason: str | None


class CardContentAnswer(Given):
    face_as_of: Moment | None
    stale: bool
    rewrites: int
    rewrite_limit: int | None
    sequence: int | None
    verdict: str


class CardLifeAnswer(CardAnswer):
    events: list[CardEventAnswer]
    content: CardContentAnswer


class BatchAnswer(Given):
    id: str
    cards: int


class WithdrawnAnswer(Given):
    withdrawn: int


class VerdictAnswer(Given):
    id: str
    verdict: str
    sentence: str
    worn: str


class VerdictsAnswer(Given):
    verdicts: list[VerdictAnswer]


class OfflineAnswer(Given):
    redeem_points: int | None
    days: int | None


class HotListAnswer(Given):
    version: str
    cards: dict[str, str] | None
    offline: OfflineAnswer


class CardFaceAnswer(Given):
    version: int
    design: dict[str, Any] | None


class ClaimsAnswer(Given):
    address: str
    days: int


class TopUpOffer(Given):
    name: str
    wallet: str
    pay: str
    gives: str
    gifts: dict[str, str]


class TopUpsAnswer(Given):
    topups: list[TopUpOffer]
    wallets: list[str]
    passes: list[str]
    stamps: list[str]
    gifts: bool


class GiftCardAnswer(Given):
    gift: str
    available: str
    last_day: str | None


class HintAnswer(Given):
    id: str
    kind: str
    text: str
    of: str


class HintsAnswer(Given):
    hints: list[HintAnswer]


class SaidAnswer(Given):
    said: int


class ChallengeAnswer(Given):
    name: str
    badge: str
    reached: str
    target: str
    won: bool


class ChallengesAnswer(Given):
    challenges: list[ChallengeAnswer]


class JobTroubleAnswer(Given):
    place: int
    sentence: str


class IssueJobAnswer(Given):
    id: str
    status: str
    cards: int
    done: int
    failed: int
    troubles: list[JobTroubleAnswer]


class CardInHandAnswer(Given):
    job: str
    place: int
    member: str
    kind: str
    steps: list[str]


class JobAtCounterAnswer(IssueJobAnswer):
    name: str


class NextCardAnswer(Given):
    card: CardInHandAnswer | None
    view: ViewAnswer | None
    job: JobAtCounterAnswer | None


class StepAnswer(Given):
    status: str
