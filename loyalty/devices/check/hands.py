"""Who puts cards in and looks at what came out: a person at the device, or a simulator's control interface."""

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from loyalty.errors import ConfigError

CONTROL_S = 10.0
Card = dict[str, Any]


class Hands(Protocol):
    """Every call returns at once; the step then watches the device."""

    simulated: bool

    def put_card(self, card: Card, words: str) -> Card | None:
        """A card is put in or laid down: `card` as described in a simulator, any that fits `words` from a person.
        The card, where it is known what it carries."""

    def take_card(self, words: str) -> None: ...

    def scan(self, data: str, symbology: str, words: str) -> str | None:
        """What was held before the scanner, where that is known."""

    def swipe(self, tracks: dict[str, str], words: str) -> dict[str, str] | None: ...

    def do(self, words: str) -> None:
        """Something else that only a person does; a simulator's own time brings it about."""

    def confirm(self, question: str) -> bool | None:
        """Yes or no; None when there is nobody to ask."""

    def state(self) -> dict[str, Any]:
        """What a simulator says of itself; empty for hardware."""


class PersonHands:
    """say: tells the person what to do. ask: a question with yes or no; None when nobody can answer."""

    simulated = False

    def __init__(self, say: Callable[[str], None], ask: Callable[[str], bool | None]) -> None:
        self._say, self._ask = say, ask

    def put_card(self, card: Card, words: str) -> Card | None:
        self._say(words)
        return None

    def take_card(self, words: str) -> None:
        self._say(words)

    def scan(self, data: str, symbology: str, words: str) -> str | None:
        self._say(words)
        return None

    def swipe(self, tracks: dict[str, str], words: str) -> dict[str, str] | None:
        self._say(words)
        return None

    def do(self, words: str) -> None:
        self._say(words)

    def confirm(self, question: str) -> bool | None:
        return self._ask(question)

    def state(self) -> dict[str, Any]:
        return {}


class SimulatorHands:
    """control: the HTTP address of the simulator's control interface. card: laid in instead of those that steps name,
    as POST /card takes it. ConfigError when nobody answers there."""

    simulated = True

    def __init__(self, control: str, card: Card | None = None) -> None:
        self._control, self._card = control.rstrip("/"), card or {}
        self._opener = build_opener(ProxyHandler({}))

    def put_card(self, card: Card, words: str) -> Card | None:
        laid = {**card, **self._card}
        self._call("POST", "/card", {"card": laid})
        return laid

    def take_card(self, words: str) -> None:
        self._call("DELETE", "/card")

    def scan(self, data: str, symbology: str, words: str) -> str | None:
        self._call("POST", "/scan", {"data": data, "symbology": symbology})
        return data

    def swipe(self, tracks: dict[str, str], words: str) -> dict[str, str] | None:
        self._call("POST", "/swipe", {"tracks": tracks})
        return tracks

    def do(self, words: str) -> None:
        """Nothing needs to be done."""

    def confirm(self, question: str) -> bool | None:
        return None

    def state(self) -> dict[str, Any]:
        return dict(self._call("GET", "/state"))

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self._control + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with self._opener.open(asked, timeout=CONTROL_S) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise ConfigError(f"The simulator refused {method} {path}: {error.read().decode()[:200]}.") from error
        except (OSError, HTTPException, ValueError) as error:
            raise ConfigError(
                f"The control interface {self._control} does not answer ({error}); start the simulator again."
            ) from error
