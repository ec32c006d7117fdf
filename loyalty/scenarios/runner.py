"""Runs scenarios through a backend and says what was not as expected."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.errors import Invalid, LoyaltyError
from loyalty.points.body import moment
from loyalty.points.calendar import zone_of
from loyalty.scenarios.backend import Backend, Done
from loyalty.scenarios.compare import Difference, differences
from loyalty.scenarios.reader import Scenario, ScenarioStep

FIRST_MOMENT = "2026-01-01T12:00"
_WITHOUT_MEMBER = ("transfer", "set_programme", "advance", "return", "cancel", "reverse", "capture")
_OF_WALLETS = ("earned", "spent", "reversed", "given_back", "credited", "removed", "refund_wallets", "paid")


@dataclass(frozen=True)
class Outcome:
    """`step` (from 1; 0 = before the first) and what it was about, where a scenario failed."""

    scenario: str
    passed: bool
    step: int | None = None
    expected: Any = None
    actual: Any = None
    place: str = ""  # the entry that differs
    explanation: Any = None  # of the points of the step that failed, where it earned any

    def as_json(self) -> dict[str, Any]:
        found = {
            "scenario": self.scenario,
            "passed": self.passed,
            "step": self.step,
            "expected": self.expected,
            "actual": self.actual,
        }
        if not self.passed:
            found |= {"place": self.place, "explanation": self.explanation}
        return found


class _Failed(Exception):
    def __init__(self, expected: Any, actual: Any, place: str = "", explanation: Any = None) -> None:
        super().__init__(place)
        self.expected, self.actual, self.place, self.explanation = expected, actual, place, explanation


def run_all(scenarios: Iterable[Scenario], make: Callable[[], Backend]) -> list[Outcome]:
    """Each scenario through a backend of its own."""
    return [run(scenario, make()) for scenario in scenarios]


def run(scenario: Scenario, backend: Backend) -> Outcome:
    """Runs to the first thing that is not as expected."""
    number = 0
    try:
        if scenario.expect_error is not None:
            _refused(scenario, backend)
            return Outcome(scenario.name, True)
        story = _Story(scenario, backend)
        for step in scenario.steps:
            number = step.number
            story.take(step)
    except _Failed as failed:
        return Outcome(scenario.name, False, number, failed.expected, failed.actual, failed.place, failed.explanation)
    except LoyaltyError as error:
        return Outcome(scenario.name, False, number, "no error", f"{error.code}: {error}")
    return Outcome(scenario.name, True)


def _refused(scenario: Scenario, backend: Backend) -> None:
    try:
        backend.start(scenario.programme, moment(FIRST_MOMENT, zone_of("UTC"), "at"))
    except LoyaltyError as error:
        if error.code != scenario.expect_error:
            raise _Failed(scenario.expect_error, error.code, "expect_error") from None
        return
    raise _Failed(scenario.expect_error, "the programme was accepted", "expect_error")


class _Story:
    """One scenario under way."""

    def __init__(self, scenario: Scenario, backend: Backend) -> None:
        self._scenario = scenario
        self._backend = backend
        self._zone = zone_of(_timezone(scenario.programme))
        self._at: datetime | None = None

    def take(self, step: ScenarioStep) -> None:
        error: LoyaltyError | None = None
        done = Done({}, None)
        try:
            self._move(step)
            if step.verb is not None:
                done = self._perform(step)
        except LoyaltyError as raised:
            error = raised
            done = Done({"error": raised.code}, None)
        self._check_error(step, error, done)
        for expect in step.expects:
            self._check(step, expect, done)

    def _move(self, step: ScenarioStep) -> None:
        """To the step's moment; the first one opens the shop."""
        if self._at is None:
            self._at = moment(step.at or FIRST_MOMENT, self._zone, "at")
            self._backend.start(self._scenario.programme, self._at)
            for name, details in self._scenario.members.items():
                self._backend.enrol(name, details, self._at)
        elif step.at is not None:
            at = moment(step.at, self._zone, "at")
            if at < self._at:
                raise Invalid("Time never goes back in a scenario.", pointer="at")
            self._at = at
        self._backend.advance(self._at)

    def _perform(self, step: ScenarioStep) -> Done:
        assert step.verb is not None and self._at is not None
        body = step.body
        if isinstance(body, Mapping) and "member" not in body and not _names_nobody(step.verb, body):
            members = self._backend.members()
            creates = step.verb == "event" and body.get("type") == "signup"
            if len(members) == 1 and not creates:
                body = {**body, "member": members[0]}
        done = self._backend.perform(step.verb, body, self._at)
        if step.verb == "set_programme":
            changed = body.get("change", body)
            if (isinstance(changed, Mapping) and "timezone" in changed) or "change" not in body:
                self._zone = zone_of(_timezone(changed))
        return done

    def _check_error(self, step: ScenarioStep, error: LoyaltyError | None, done: Done) -> None:
        found = error.code if error else None
        if found != step.expect_error:
            actual = f"{found}: {error}" if error else "no error"
            raise _Failed(step.expect_error or "no error", actual, "expect_error", done.last.get("explanation"))

    def _check(self, step: ScenarioStep, expect: Mapping[str, Any], done: Done) -> None:
        assert self._at is not None
        for key in expect:
            if key not in _EXPECT:
                raise _Failed(expect, f"unknown key {key!r} in expect", key)
        actual: dict[str, Any] = {"last": self._last(done)}
        if any(key in expect for key in ("segments", "liability")):
            actual |= self._backend.shop_state(expect, self._at)
        if any(key in expect for key in _OF_MEMBER):
            member = self._member(step, expect, done)
            actual |= self._backend.member_state(member, expect, self._at)
        wanted = {key: _wanted(key, value, self._first_wallet()) for key, value in expect.items() if key != "member"}
        found = differences(_sorted_segments(wanted), _sorted_segments(actual), self._moment)
        if found:
            self._fail(found[0], done)

    def _fail(self, difference: Difference, done: Done) -> None:
        explanation = done.last.get("explanation")
        raise _Failed(difference.expected, difference.actual, difference.path, explanation)

    def _member(self, step: ScenarioStep, expect: Mapping[str, Any], done: Done) -> str:
        body = step.body if isinstance(step.body, Mapping) else {}
        named = expect.get("member") or body.get("from" if step.verb == "transfer" else "member") or done.member
        if isinstance(named, str):
            return named
        members = self._backend.members()
        if len(members) != 1:
            raise _Failed(expect, "there are several members: say which one", "member")
        return members[0]

    def _last(self, done: Done) -> Mapping[str, Any]:
        return done.last

    def _first_wallet(self) -> str:
        first: str = next(iter(self._scenario.programme["wallets"]))
        return first

    def _moment(self, text: str) -> datetime:
        return moment(text, self._zone, "expires_at")


_OF_MEMBER = (*("balance", "wallets", "tier", "tier_since", "tier_until", "to_next", "purchases", "spend", "vouchers"),)
_EXPECT = ("member", "last", "segments", "liability", *_OF_MEMBER)


def _names_nobody(verb: str, body: Mapping[str, Any]) -> bool:
    return verb in _WITHOUT_MEMBER or (verb == "release" and "hold" in body)


def _timezone(programme: Any) -> str:
    found = programme.get("timezone", "UTC") if isinstance(programme, Mapping) else "UTC"
    return found if isinstance(found, str) else "UTC"


def _wanted(key: str, value: Any, first_wallet: str) -> Any:
    """Plain numbers and lists of `last` mean the first wallet."""
    if key == "last" and isinstance(value, Mapping):
        return {name: _of_first(name, each, first_wallet) for name, each in value.items()}
    if key == "to_next" and value is not None and not isinstance(value, Mapping):
        return {"missing": value}
    return value


def _of_first(name: str, value: Any, first_wallet: str) -> Any:
    plain_points = name in _OF_WALLETS and not isinstance(value, Mapping)
    plain_list = name == "explanation" and isinstance(value, list)
    return {first_wallet: value} if plain_points or plain_list else value


def _sorted_segments(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Members of a segment have no order."""
    found = state.get("segments")
    if not isinstance(found, Mapping):
        return state
    return {**state, "segments": {name: sorted(each) for name, each in found.items() if isinstance(each, list)}}
