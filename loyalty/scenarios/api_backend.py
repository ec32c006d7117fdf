"""Scenarios through the HTTP API: every step is a call, everything expected is read back by calls.

What an address names and does not exist is `not_found` for a program (404); for a scenario it is `invalid`, since there
the name stands in the body. Opening balances come by POST /members:import, so the key needs the scope `import`; the
clock is run by the call that `loyalty nightly` uses. A step without an id gets an Idempotency-Key of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from loyalty.clock import rfc3339
from loyalty.db.base import exact_json
from loyalty.errors import Invalid, LoyaltyError
from loyalty.points.shapes import SHAPES
from loyalty.scenarios.backend import Done


class Reply(NamedTuple):
    status: int
    body: Any


class Stage(Protocol):
    """An API with an empty shop behind it, and its clock."""

    def set_clock(self, moment: datetime) -> None: ...

    def send(self, method: str, path: str, text: str | None = None, once: str | None = None) -> Reply: ...

    """`path` after /api/v1; `text` is the JSON body, `once` the Idempotency-Key."""


_CALLS = {
    "purchase": ("POST", "/purchases"),
    "quote": ("POST", "/purchases:quote"),
    "return": ("POST", "/purchases/{of}/returns"),
    "cancel": ("POST", "/purchases/{of}:cancel"),
    "event": ("POST", "/events"),
    "credit": ("POST", "/credits"),
    "debit": ("POST", "/debits"),
    "redeem": ("POST", "/redemptions"),
    "reverse": ("POST", "/bookings/{of}:reverse"),
    "hold": ("POST", "/holds"),
    "capture": ("POST", "/holds/{hold}:capture"),
    "release": ("POST", "/holds:release"),
    "release of a hold": ("POST", "/holds/{hold}:release"),
    "transfer": ("POST", "/transfers"),
    "topup": ("POST", "/topups"),
    "refund_topup": ("POST", "/topups:refund"),
    "assign_tier": ("PUT", "/members/{member}/tier"),
    "advance": ("POST", "/day-jobs"),
}
_NEED_A_REASON = ("credit", "debit", "assign_tier")
_NEED_AN_ID = ("hold",)


class ApiBackend:
    """One shop behind an API."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._members: list[str] = []
        self._steps = 0

    def start(self, programme: Any, at: datetime) -> None:
        self._stage.set_clock(at)
        self._ask("PUT", "/programme", programme)

    def enrol(self, member: str, details: Mapping[str, Any], at: datetime) -> None:
        self._stage.set_clock(at)
        self._ask("POST", "/members:import", {"member": member, "name": member, **details}, once=f"import {member}")
        self._members.append(member)

    def advance(self, to: datetime) -> None:
        self._stage.set_clock(to)
        self._ask("POST", "/day-jobs", {"until": rfc3339(to)})

    def members(self) -> list[str]:
        return self._members

    def perform(self, verb: str, body: Mapping[str, Any], at: datetime) -> Done:
        if verb not in SHAPES or not isinstance(body, Mapping):
            raise Invalid(f"There is no verb {verb!r}, or its body is no map.")
        if verb == "set_programme":
            self._set_programme(body, at)
            return Done({}, None)
        call = "release of a hold" if verb == "release" and "hold" in body and "wallet" not in body else verb
        method, pattern = _CALLS[call]
        path, sent = _address(pattern, body)
        if verb in _NEED_A_REASON and "reason" not in sent:
            sent["reason"] = "scenario"
        try:
            answer = self._ask(method, path, sent, once=self._once(verb, sent))
        except LoyaltyError as error:
            if error.code == "not_found" and "{" in pattern:
                raise Invalid(str(error)) from error
            raise
        if verb == "event" and body.get("type") == "signup" and body["member"] not in self._members:
            self._members.append(body["member"])
        return Done(_last(answer), answer.get("member"))

    def _once(self, verb: str, sent: Mapping[str, Any]) -> str | None:
        """An Idempotency-Key where the step has no id; an id that must be there is not made up."""
        if sent.get("id") is not None or verb in _NEED_AN_ID:
            return None
        self._steps += 1
        return f"step {self._steps}"

    def _set_programme(self, body: Mapping[str, Any], at: datetime) -> None:
        document = {key: value for key, value in body.items() if key not in ("id", "member")}
        once = self._once("set_programme", body) or str(body["id"])
        if list(document) == ["change"]:
            self._ask("PATCH", "/programme", document["change"], once=once)
        else:
            self._ask("PUT", "/programme", document, once=once)
        self.advance(at)  # the new version is looked at now, for everybody

    def member_state(self, member: str, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        self._stage.set_clock(at)
        wallets = wanted.get("wallets") or {}
        asked = [each for each in wallets.values() if isinstance(each, Mapping)]
        days = dict.fromkeys(day for each in asked for day in each.get("expiring_by") or {})
        state = self._ask("GET", f"/members/{_part(member)}/standing?expiring_by={_part(','.join(days))}")
        for name, found in state["wallets"].items():
            expected = wallets.get(name)
            if isinstance(expected, Mapping) and not isinstance(expected.get("rows"), Mapping):
                found["rows"] = sum(found["rows"].values())
        return dict(state)

    def shop_state(self, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        self._stage.set_clock(at)
        found: dict[str, Any] = {"segments": {name: self._segment(name) for name in wanted.get("segments") or {}}}
        if wanted.get("liability"):
            found["liability"] = self._ask("GET", "/reports/liability")["liability"]
        return found

    def _segment(self, name: str) -> list[str]:
        members: list[str] = []
        after = ""
        while True:
            page = self._ask("GET", f"/segments/{_part(name)}/members?limit=200{after}")
            members += page["members"]
            if page["next"] is None:
                return members
            after = f"&cursor={_part(page['next'])}"

    def _ask(self, method: str, path: str, body: Any = None, once: str | None = None) -> Any:
        """The answer; a refusal is raised with its code."""
        text = None if method == "GET" else exact_json(body)
        reply = self._stage.send(method, path, text, once)
        if reply.status >= 400:
            raise LoyaltyError(reply.body["detail"], code=reply.body["code"])
        return reply.body


def _address(pattern: str, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The path, and what of the body is not in it. Invalid where a name is missing or no text."""
    path, rest = pattern, dict(body)
    for key in ("of", "hold", "member"):
        if f"{{{key}}}" in pattern:
            name = rest.pop(key, None)
            if not isinstance(name, str) or not name:
                raise Invalid(f"{key!r} must be there, as text.", pointer=key)
            path = path.replace(f"{{{key}}}", _part(name))
    return path, rest


def _part(text: str) -> str:
    return quote(text, safe="")


def _last(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The explanation by wallet; wallets and level of the member are asked for by themselves."""
    last = {key: value for key, value in answer.items() if key not in ("id", "member", "wallets", "tier", "rewards")}
    if "explanation" in last:
        by_wallet: dict[str, list[Any]] = {}
        for entry in last["explanation"]:
            by_wallet.setdefault(entry["wallet"], []).append(entry)
        last["explanation"] = by_wallet
    return last
