"""What a scenario runs through: the engine in memory, or whatever else can do and show the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from loyalty.points import body, engine
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts_sale import Voucher
from loyalty.points.memory import MemoryFacts
from loyalty.points.programme import Programme
from loyalty.points.reading import Node
from loyalty.points.state import State
from loyalty.points.step import Context


@dataclass(frozen=True)
class Done:
    """What a step answered: its `last`, and the member it was about."""

    last: Mapping[str, Any]
    member: str | None


class Backend(Protocol):
    """One shop with one programme. Errors are LoyaltyErrors with the codes of the specification."""

    def start(self, programme: Any, at: datetime) -> None: ...

    """The shop opens with this programme."""

    def enrol(self, member: str, details: Mapping[str, Any], at: datetime) -> None: ...

    """A member of the scenario file, with opening balances, vouchers and level."""

    def advance(self, to: datetime) -> None: ...
    def perform(self, verb: str, body: Mapping[str, Any], at: datetime) -> Done: ...
    def member_state(self, member: str, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]: ...

    """The keys of an `expect` that is about a member."""

    def shop_state(self, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]: ...

    """`segments` and `liability`, as far as wanted."""

    def members(self) -> list[str]: ...


class EngineBackend:
    """The engine over facts in memory."""

    def __init__(self) -> None:
        self.facts = MemoryFacts()
        self.context = Context(self.facts.numbers)

    def start(self, programme: Any, at: datetime) -> None:
        self.facts.absorb(engine.put_programme(self.facts, programme, at, self.context))

    def enrol(self, member: str, details: Mapping[str, Any], at: datetime) -> None:
        version = self.facts.latest()
        assert version is not None
        new = enrolment_of(member, details, version.programme)
        self.facts.absorb(engine.enrol(self.facts, new, at, self.context))

    def advance(self, to: datetime) -> None:
        for plan in engine.advance(self.facts, to, self.context):
            self.facts.absorb(plan)

    def perform(self, verb: str, body: Mapping[str, Any], at: datetime) -> Done:
        outcome = engine.perform(self.facts, verb, body, at, self.context)
        self.facts.absorb(outcome.plan)
        if verb == "set_programme":
            self.advance(at)  # the new version is looked at now, for everybody
        booking = self.facts.booking(outcome.booking) if outcome.booking else None
        return Done(outcome.result, booking.member if booking else None)

    def members(self) -> list[str]:
        return list(self.facts.members())

    def member_state(self, member: str, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        state = State(self.facts, at)
        found = state.of_member(member)
        if "wallets" in wanted:
            names = [name for name in wanted["wallets"] if name in self._wallets(state)]
            found["wallets"] = {name: self._wallet(state, member, name, wanted["wallets"][name]) for name in names}
        return found

    def _wallets(self, state: State) -> set[str]:
        return {*state.programme.wallets, *state.programme.retired}

    def _wallet(self, state: State, member: str, name: str, wanted: Any) -> dict[str, Any]:
        counts = self.facts.row_counts(member, name)
        found = {**state.wallet(member, name), "rows": dict(counts)}
        if isinstance(wanted, Mapping):
            if not isinstance(wanted.get("rows"), Mapping):
                found["rows"] = sum(counts.values())
            days = wanted.get("expiring_by") or {}
            found["expiring_by"] = {day: state.expiring_by(member, name, calendar_day(day)) for day in days}
        return found

    def shop_state(self, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        state = State(self.facts, at)
        return {
            "segments": {name: state.segment(name) for name in wanted.get("segments") or {}},
            "liability": {
                name: state.liability(name) for name in wanted.get("liability") or {} if name in self._wallets(state)
            },
        }


def calendar_day(text: str) -> date:
    return body.day(text, "expiring_by")


def enrolment_of(member: str, details: Mapping[str, Any], programme: Programme) -> Enrolment:
    """The entry of a scenario's `members` in the engine's terms. Invalid names what is wrong."""
    keys = Node(details, ("members", member)).map("joined", "birthday", "wallets", "tier", "vouchers", "segments")
    wallets = keys["wallets"].map(*programme.wallets) if "wallets" in keys else {}
    return Enrolment(
        member=member,
        joined=keys["joined"].day() if "joined" in keys else None,
        birthday=keys["birthday"].day() if "birthday" in keys else None,
        segments=keys["segments"].texts() if "segments" in keys else (),
        wallets={name: each.units(programme.wallets[name].decimals) for name, each in wallets.items()},
        tier=keys["tier"].text() if "tier" in keys else None,
        vouchers=[_voucher(each, programme) for each in keys["vouchers"].items()] if "vouchers" in keys else (),
    )


def _voucher(node: Node, programme: Programme) -> Voucher:
    keys = node.map("id", "amount", "percent", "product", "quantity", "expires_on", "active_on", needs=("id",))
    kind = node.only_one("amount", "percent", "product")
    last = keys["expires_on"].value if "expires_on" in keys else None
    return Voucher(
        id=keys["id"].name(),
        number=0,
        member="",
        percent=keys["percent"].percent() if kind == "percent" else None,
        amount=keys["amount"].units(programme.digits) if kind == "amount" else None,
        product=keys["product"].name() if kind == "product" else None,
        quantity=keys["quantity"].whole(1) if "quantity" in keys else 1,
        active_on=keys["active_on"].day() if "active_on" in keys else None,
        expires_on=None if last is None else keys["expires_on"].day(),
    )
