"""The cashier picks a reward: it is held at the server, or stays within this counter's floor limit, or is refused.

The hold is a command like any other: on the disk first, numbered, sent in order. So whatever breaks in between, the
hold and what became of it reach the server one after the other, and nothing stays held by accident.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from loyalty.clock import Clock
from loyalty.contract.commands import HoldReward
from loyalty.contract.outcomes import MemberView, Refusal, RewardOffer
from loyalty.counter import till_rewards
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.desk import Desk
from loyalty.counter.offline_limits import OfflineLimits
from loyalty.counter.outbox import Outbox
from loyalty.counter.redeeming import Redeeming
from loyalty.counter.redemptions import HELD, Redemption, Redemptions, write
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.errors import Conflict, LoyaltyError, NotEligible
from loyalty.ids import new_id

OUTAGE = timedelta(hours=24)
"""How far back rewards given offline count against the floor limit."""


class NoMember(LoyaltyError):
    """Nobody is at the counter, or only a card that cannot be looked up now."""

    code = "no_member"


class NotOffline(LoyaltyError):
    """Only the server could allow it."""

    code = "offline"


class OverFloor(NotOffline):
    """More than this counter may give away without the server; a supervisor may allow it."""

    code = "over_floor"


@dataclass(frozen=True)
class Choosing:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    rows: Redemptions
    redeeming: Redeeming
    awaiting: Awaiting
    desk: Desk
    staff: StaffDesk
    limits: OfflineLimits

    def choose(self, reward: str, quantity: int = 1, supervisor: StaffMember | None = None) -> Redemption:
        """The reward as it is part of the open sale now. LoyaltyError in one sentence when it cannot be.

        A supervisor may lift the floor limit, never the member's own points.
        """
        member, offer = self._offered(reward)
        if not self.awaiting.watch.state.online:
            return self._offline(member, offer, quantity, supervisor)
        row = self._row(member, offer, quantity)
        self._ask(row)
        self.awaiting.answer(row.id)
        found = self.rows.find(row.id)
        assert found is not None  # rows are never deleted
        if found.state == HELD:
            return found
        self.desk.act(lambda till: till_rewards.unchoose(till, row.id))
        self.redeeming.wake.set()
        entry = self.outbox.find(row.id)
        if entry is not None and entry.open:  # the line went while we asked
            return self._offline(member, offer, quantity, supervisor)
        outcome = entry.outcome if entry else None
        if isinstance(outcome, Refusal):
            raise LoyaltyError(outcome.sentence, code=outcome.code)
        raise Conflict(f"{offer.name} was let go again meanwhile; choose it once more.")

    def drop(self, id: str) -> None:
        """Not this one after all."""
        self.desk.act(lambda till: till_rewards.unchoose(till, id))
        self.redeeming.wake.set()

    def _offered(self, reward: str) -> tuple[MemberView, RewardOffer]:
        till = self.desk.till
        if till.present is None or till.present.member is None:
            raise NoMember("Nobody is at the counter; scan or tap a card first.")
        if till.committing:
            raise Conflict("The sale is on its way already; wait a moment and redeem with the next one.")
        member = till.present.member
        offer = next((each for each in member.rewards if each.name == reward), None)
        if offer is None:
            raise NotEligible(f"{member.masked_name} cannot have {reward[:60]!r} now; choose one from the list.")
        return member, offer

    def _row(self, member: MemberView, offer: RewardOffer, quantity: int) -> Redemption:
        now = self.clock()
        return Redemption(
            f"{self.settings.id}:{new_id('redeem', now)}", member.id, offer, now, quantity=quantity,
            points=offer.cost * quantity, until=now + timedelta(minutes=self.settings.hold_minutes),
        )  # fmt: skip

    def _ask(self, row: Redemption) -> None:
        """Row, command and the till's knowledge of them, before anybody may take the row for forgotten."""
        with self.redeeming.lock:
            self._put_hold(row)
            self.desk.act(lambda till: till_rewards.choose(till, row))

    def _put_hold(self, row: Redemption) -> None:
        points: Literal["max"] | None = "max" if row.by_point else None
        quantity = None if row.by_point else row.quantity
        self.outbox.put(
            row.id, "hold",
            lambda seq: HoldReward(
                id=row.id, counter=self.settings.id, seq=seq, occurred_at=row.made_at, member=row.member,
                reward=row.offer.name, quantity=quantity, points=points, minutes=self.settings.hold_minutes,
                store=self.settings.store, staff=self.staff.name,
            ), row.made_at, lambda connection: write(connection, row),
        )  # fmt: skip

    def _offline(
        self, member: MemberView, offer: RewardOffer, quantity: int, supervisor: StaffMember | None
    ) -> Redemption:
        """Within the floor limit: what is handed out is held as soon as the server is back, money off is promised."""
        row = replace(
            self._row(member, offer, quantity), state=HELD, offline=True, handed=offer.kind in ("product", "voucher")
        )
        self._check_floor(member, row, supervisor)
        with self.redeeming.lock:
            if row.handed:
                self._put_hold(row)
            else:
                self.rows.save(row)
            self.desk.act(lambda till: till_rewards.choose(till, row))
        return row

    def _check_floor(self, member: MemberView, row: Redemption, supervisor: StaffMember | None) -> None:
        if not row.handed and row.offer.kind != "amount":
            raise NotOffline(f"{row.offer.name} can only be redeemed while the server is reached; choose another one.")
        wallet = member.wallets.get(row.offer.wallet)
        there = wallet.available if wallet else Decimal(0)
        floor = there if supervisor else min(Decimal(self.limits.points), there)
        if not floor:
            raise OverFloor("The server cannot be reached, so nothing can be redeemed now; sell without the reward.")
        if member.as_of is not None and self.clock() - member.as_of > timedelta(days=self.limits.days):
            raise OverFloor("It is too long since the server told of this member; sell without the reward.")
        given = self.rows.given_offline(member.id, self.clock() - OUTAGE)
        if given + row.points > floor:
            raise OverFloor(
                f"Without the server this counter may give {max(floor - given, Decimal(0)):,f} more points to this "
                f"member; {row.offer.name} takes {row.points:,f}."
            )
