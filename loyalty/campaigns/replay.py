"""One programme lived through again: members come in, sales are booked, the clock runs; all in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from loyalty.campaigns.recorded import Arrival, Recorded, Taken
from loyalty.campaigns.trial_facts import TrialFacts
from loyalty.errors import LoyaltyError
from loyalty.points import engine
from loyalty.points.exact import half_up, points_json
from loyalty.points.facts import Standing
from loyalty.points.programme import Programme
from loyalty.points.step import Context

Version = tuple[datetime, Mapping[str, Any]]
"""A document and the moment from which it is in force."""


@dataclass(frozen=True)
class Extra:
    """What a campaign does beside its rules. `tags`: member -> fixed segment. `gifts`: verb and body, with a member."""

    tags: Mapping[str, str] = field(default_factory=dict)
    gifts: Sequence[tuple[str, Mapping[str, Any]]] = ()


NOTHING = Extra()


class Replay:
    """The history under some versions of a programme, the first one in force from the start.

    What happens before `counts_from` makes balances and levels but no figures;
    None counts from the start. Who came since `opened` (default: the first version's moment) is welcomed.
    """

    def __init__(
        self,
        versions: Sequence[Version],
        arrivals: Sequence[Arrival],
        counts_from: datetime | None,
        opened: datetime | None = None,
    ) -> None:
        self.facts = TrialFacts()
        self.facts.counting = counts_from is None
        self._context = Context(self.facts.numbers)
        self._coming = list(versions)
        self._counts_from = counts_from
        self.refused_sales = 0
        self.refused_rewards = 0
        self._gifts: tuple[datetime, Sequence[tuple[str, Mapping[str, Any]]]] | None = None
        self._opened = opened or self._coming[0][0]
        self._put(self._coming.pop(0))
        self._waiting = {each.enrolment.member: each.enrolment for each in arrivals}
        self._arrivals = sorted(((each.at, each.enrolment.member) for each in arrivals), reverse=True)

    @property
    def programme(self) -> Programme:
        latest = self.facts.latest()
        assert latest is not None
        return latest.programme

    def give_at(self, moment: datetime, gifts: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Gifts that members get at `moment`; who comes later gets none."""
        self._gifts = (moment, gifts) if gifts else None

    def book(self, one: Recorded) -> None:
        """Does a recorded booking again. A reward that cannot be had any more is left out and counted."""
        self.run_to(one.recorded_at)
        if one.member in self._waiting:
            self._enrol(one.member, one.recorded_at)
        redeem = [self._asked(each) for each in one.taken]
        if one.verb == "redeem":
            for place, asked in enumerate(redeem):
                self._try(one, {**one.body, **asked, "id": f"{one.body['id']}:{place}"}, is_reward=True)
        elif not redeem or not self._try(one, {**one.body, "redeem": redeem}, is_reward=True):
            self._try(one, one.body, is_reward=False)

    def run_to(self, moment: datetime) -> None:
        """Everything that is due without a sale: versions, arrivals, and counting from its day on. Cheap when none."""
        while self._coming and self._coming[0][0] <= moment:
            self._put(self._coming.pop(0))
        while self._arrivals and self._arrivals[-1][0] <= moment:
            at, member = self._arrivals.pop()
            if member in self._waiting:
                self._enrol(member, at)
        if self._counts_from is not None and not self.facts.counting and moment >= self._counts_from:
            self.advance(self._counts_from)
            self.facts.counting = True
        if self._gifts is not None and moment >= self._gifts[0]:
            self._give(*self._gifts)

    def advance(self, moment: datetime) -> None:
        """The day jobs for everybody, up to and including `moment`."""
        clock = self.facts.clock()
        if clock is None or clock < moment:
            for plan in engine.advance(self.facts, moment, self._context):
                self.facts.absorb(plan)

    def outstanding(self) -> dict[str, int]:
        """Points that members hold, smallest units by wallet, those of former wallets too."""
        names = [*self.programme.wallets, *self.programme.retired]
        return {name: self.facts.outstanding(name) for name in names}

    def liability(self) -> int:
        """What all those points are worth, in the currency's smallest unit."""
        return sum(self.worth(name, points) for name, points in self.outstanding().items())

    def worth(self, wallet: str, points: int) -> int:
        """Points of a wallet in the currency's smallest unit, as the programme values them."""
        found = self.programme.wallet(wallet)
        return half_up(Fraction(points, 10**found.decimals) * found.value_per_point * 10**self.programme.digits)

    def levels(self) -> dict[str, str | None]:
        """Member -> level."""
        return {row.member: row.tier for row in self.facts.rows[Standing].values()}

    def _put(self, version: Version) -> None:
        at, document = version
        self.facts.absorb(engine.put_programme(self.facts, document, at, self._context))

    def _enrol(self, member: str, at: datetime) -> None:
        """Who came since the shop opened is welcomed; who was brought along had that elsewhere."""
        self.facts.absorb(engine.enrol(self.facts, self._waiting.pop(member), at, self._context))
        if at >= self._opened and any(rule.on == "signup" for rule in self.programme.earn):
            body = {"id": f"signup:{member}", "type": "signup", "member": member}
            self.facts.absorb(engine.perform(self.facts, "event", body, at, self._context).plan)

    def _give(self, at: datetime, gifts: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        self._gifts = None
        for place, (verb, body) in enumerate(gifts):
            if body["member"] not in self._waiting:
                asked = {**body, "id": f"gift:{place}"}
                self.facts.absorb(engine.perform(self.facts, verb, asked, at, self._context).plan)

    def _asked(self, taken: Taken) -> dict[str, Any]:
        reward = self.programme.rewards.get(taken.reward)
        if reward is None or reward.per_point is None:
            return {"reward": taken.reward, "quantity": max(1, taken.pieces)}
        decimals = self.programme.wallet(reward.wallet).decimals
        return {"reward": taken.reward, "points": points_json(taken.points, decimals)}

    def _try(self, one: Recorded, body: Mapping[str, Any], is_reward: bool) -> bool:
        try:
            plan = engine.repeat(self.facts, one.verb, body, one.recorded_at, self._context, one.occurred_at)
        except LoyaltyError:
            self.refused_rewards += is_reward
            self.refused_sales += not is_reward
            return False
        self.facts.absorb(plan)
        return True
