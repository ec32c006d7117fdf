"""The line to the server: asks over HTTP and tells apart "not now" (Unreachable) from "never" (LoyaltyError)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote as in_path
from urllib.request import ProxyHandler, Request, build_opener

from loyalty.contract.card_report import CardReport, CardVerdict
from loyalty.contract.commands import Command
from loyalty.contract.offline import OfflinePolicy
from loyalty.contract.outcomes import MemberView, Outcome
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.outbox import read_outcome
from loyalty.errors import CardBlocked, Invalid, LoyaltyError, UnknownMember

TIMEOUT_S = 3.0
_TRY_LATER = {408, 425, 429, 500, 502, 503, 504}
_NOT_LET_IN = {401, 403}


class Unreachable(Exception):
    """No answer now; asking again later may help. `code` says why: `server_down`, `slow`, `busy` or `key_refused`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Fault:
    """A command that the server could not book for a reason of its own; it wants to be sent again later."""

    id: str
    sentence: str = ""


@dataclass(frozen=True)
class HotNews:
    """What must be known for the time without the server. `cards` is None where `version` is known already."""

    version: str
    cards: dict[str, str] | None
    offline: OfflinePolicy


@dataclass(frozen=True)
class Told:
    """The server's answer to an outbox. With `fault` it stopped there: what follows is not answered."""

    outcomes: list[Outcome]
    fault: Fault | None = None


class Link:
    """One counter's way to the API of its server. Thread-safe: every call opens a connection of its own.

    `heard` is told the Date of every answer.
    """

    def __init__(
        self, server: str, counter: str, key: str, timeout_s: float = TIMEOUT_S,
        heard: Callable[[str | None], None] = lambda date: None,
    ) -> None:  # fmt: skip
        self._base, self._counter, self._timeout_s = server.rstrip("/") + "/api/v1", counter, timeout_s
        self._heard = heard
        self.clock_off_s: Callable[[], int] = int
        """What this machine's clock lacks; the server shows it."""
        self._headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        # A proxy set for web browsing must not stand between a till and its server.
        self._opener = build_opener(ProxyHandler({}))

    def send(self, commands: Sequence[Command], held: Sequence[int] = (), tried: int = 0) -> "Told":
        """What became of `commands`, in their order; asking twice is safe, the ids are ours.

        `held`: numbers that are kept back and follow later; `tried`: how often the server failed on these before.
        Unreachable when nothing certain came back; LoyaltyError when the server refuses the request as a whole.
        """
        path = f"/counters/{in_path(self._counter, safe='')}/commands"
        body: dict[str, Any] = {"commands": [to_json(command) for command in commands]}
        if held or tried:  # only a server that told of a fault knows these
            body |= {"held": list(held), "tried": tried}
        return _told(self._ask("POST", path, body))

    def lookup(self, token: Token) -> MemberView:
        """The member whom `token` names; UnknownMember, CardBlocked or Unreachable."""
        return read_member(self._ask("POST", "/members:lookup", {"token": token.value, "kind": token.kind}))

    def find(self, what: str, text: str) -> MemberView:
        """The member with this `phone`, `email` or `number`."""
        return read_member(self._ask("POST", "/members:lookup", {what: text}))

    def search(self, text: str, limit: int = 10) -> list[MemberView]:
        """Members whose number, name or phone's end fits `text`."""
        answer = self._ask("GET", f"/members?search={in_path(text, safe='')}&limit={limit}", None)
        rows = answer.get("members") or answer.get("items") or [] if isinstance(answer, dict) else answer
        return [read_member(row) for row in rows or []]

    def quote(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a sale would give, nothing booked: the answer of /purchases:quote as it is."""
        answer = self._ask("POST", "/purchases:quote", body)
        return answer if isinstance(answer, dict) else {}

    def sold(self, purchase: str) -> dict[str, Any]:
        """A sale as it stands at the server, with what is left of it; LoyaltyError when there is none."""
        answer = self._ask("GET", f"/purchases/{in_path(purchase, safe='')}", None)
        return answer if isinstance(answer, dict) else {}

    def last_sold(self, member: str, limit: int = 10) -> list[dict[str, Any]]:
        """The member's sales, the latest first."""
        answer = self._ask("GET", f"/members/{in_path(member, safe='')}/purchases?limit={limit}", None)
        return list(answer.get("purchases") or []) if isinstance(answer, dict) else []

    def card_reports(self, reports: Sequence[CardReport]) -> list[CardVerdict]:
        """What the server thinks of each; telling twice is safe. LoyaltyError when one is senseless."""
        path = f"/counters/{in_path(self._counter, safe='')}/card-reports"
        answer = self._ask("POST", path, {"reports": [to_json(report) for report in reports]})
        return [from_json(CardVerdict, each) for each in answer.get("verdicts") or ()]

    def hot_list(self, known: str) -> "HotNews":
        """The cards to refuse, unless they are the `known` ones, and what may be given away without asking."""
        path = f"/counters/{in_path(self._counter, safe='')}/hot-list?known={in_path(known, safe='')}"
        answer = self._ask("GET", path, None)
        offline = answer.get("offline") or {}  # older servers say nothing of it
        policy = OfflinePolicy(offline.get("redeem_points"), offline.get("days"))
        return HotNews(str(answer.get("version") or ""), answer.get("cards"), policy)

    def card_face(self, known: int) -> tuple[int, Any] | None:
        """Version and design of the card's face; None when it is the `known` one."""
        answer = self._ask("GET", f"/counters/{in_path(self._counter, safe='')}/card-face?known={known}", None)
        version = int(answer.get("version") or 0)
        return None if version == known else (version, answer.get("design"))

    def claims(self) -> dict[str, Any]:
        """`{address, days}` of the codes on receipts of sales without a card; an empty address where none are given."""
        return dict(self.at_counter("GET", "claims") or {})

    def at_counter(self, method: str, what: str, body: object = None) -> Any:
        """A call about this counter, `what` being the address after its id: the JSON answer."""
        return self._ask(method, f"/counters/{in_path(self._counter, safe='')}/{what}", body)

    def try_pin(self, member: str, pin: str) -> dict[str, Any]:
        """`{status, left}`: is it the member's PIN?"""
        answer = self._ask("POST", f"/members/{in_path(member, safe='')}/pin:try", {"pin": pin})
        return {"status": str(answer["status"]), "left": int(answer["left"])}

    def set_pin(self, member: str, pin: str) -> None:
        """The member's PIN from now on; Invalid when it is too easy."""
        self._ask("PUT", f"/members/{in_path(member, safe='')}/pin", {"pin": pin})

    def snapshot(self, cursor: str | None, limit: int) -> tuple[list[MemberView], str, bool]:
        """Members from `cursor` on, the cursor to go on with, and whether there is more right now."""
        path = f"/counters/{in_path(self._counter, safe='')}/snapshot?limit={limit}"
        answer = self._ask("GET", path + (f"&cursor={in_path(cursor, safe='')}" if cursor else ""), None)
        if not isinstance(answer, dict) or not isinstance(answer.get("next"), str):
            raise Unreachable("busy", "The server's answer has no members.")
        return [read_member(row) for row in answer.get("members") or []], answer["next"], bool(answer.get("more"))

    def probe(self) -> None:
        """Unreachable unless the server answers this counter and its key."""
        self.send([])

    def _ask(self, method: str, path: str, body: object) -> Any:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = self._headers | {"Loyalty-Clock-Off": str(self.clock_off_s())}
        request = Request(self._base + path, data=data, method=method, headers=headers)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                self._heard(answer.headers.get("Date"))
                return json.loads(answer.read() or b"null")
        except HTTPError as error:
            raise _refusal(error) from error
        except TimeoutError as error:
            raise Unreachable("slow", "The server did not answer in time.") from error
        except URLError as error:
            code = "slow" if isinstance(error.reason, TimeoutError) else "server_down"
            raise Unreachable(code, f"The server cannot be reached: {error.reason}.") from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable("server_down", f"The server's answer broke off: {error}.") from error


def _told(answer: Any) -> Told:
    outcomes = answer.get("outcomes") if isinstance(answer, dict) else None
    if not isinstance(outcomes, list):
        raise Unreachable("busy", "The server's answer has no outcomes.")
    try:
        fault = from_json(Fault, answer["fault"]) if answer.get("fault") else None
        return Told([read_outcome(outcome) for outcome in outcomes], fault)
    except Invalid as error:
        raise Unreachable("busy", f"The server's answer cannot be read: {error}") from error


def _refusal(error: HTTPError) -> Exception:
    problem = _problem(error)
    sentence = str(problem.get("detail") or problem.get("title") or f"The server answered {error.code}.")
    code = str(problem.get("code") or "invalid")
    if error.code in _NOT_LET_IN:
        return Unreachable("key_refused", sentence)
    if error.code in _TRY_LATER or not problem:  # a 404 without a problem document is some proxy or an old server
        return Unreachable("busy", sentence)
    kinds: dict[str, type[LoyaltyError]] = {"unknown_member": UnknownMember, "card_blocked": CardBlocked}
    return kinds.get(code, LoyaltyError)(sentence, code=code)


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        found = json.loads(error.read(100_000))
    except (ValueError, OSError, HTTPException):
        return {}
    return found if isinstance(found, dict) and "code" in found else {}


_MEMBER_FIELDS = {field.name for field in fields(MemberView)}


def read_member(data: Any) -> MemberView:
    """A newer server may say more about a member than this counter understands; what it knows is enough."""
    if not isinstance(data, dict):
        raise Unreachable("busy", "The server's answer is no member.")
    try:
        return from_json(MemberView, {key: value for key, value in data.items() if key in _MEMBER_FIELDS})
    except Invalid as error:
        raise Unreachable("busy", f"The server's answer about a member cannot be read: {error}") from error
