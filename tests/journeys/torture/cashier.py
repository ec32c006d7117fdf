"""A cashier who sells whatever breaks: tries again what was not answered, and writes down what was promised."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.torture.chain import Chain, Counter, phone_of
from tests.journeys.torture.kill_points import SERVER, names_of
from tests.journeys.torture.line import FATES
from tests.journeys.world import Person

PROMISED = (200, 201, 202)
TRIES = 8


@dataclass
class Book:
    """What a cashier was told: the sales that the counter promised, by id, and what was answered to each action."""

    promised: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    spoiled: int = 0
    """Times that something was done to the printers."""


class Cashier:
    """Works `sales` sales at one counter, the trouble drawn from `dice`."""

    def __init__(self, chain: Chain, counter: Counter, dice: random.Random, sales: int, trouble: float) -> None:
        self.chain, self.counter, self.dice, self.sales, self.trouble = chain, counter, dice, sales, trouble
        self.book, self.number = Book(), 0
        self.plain, self.steps = list[str](), list[str]()
        self.guest: Person | None = None

    def work(self) -> None:
        while self.number < self.sales:
            self._spite()
            action = self.dice.choices(
                (self._plain_sale, self._with_reward, self._hand_out, self._return, self._undo, self._move,
                 self._stranger), (39, 20, 10, 12, 6, 6, 7),
            )[0]  # fmt: skip
            action()
            self._hand_at_the_printers()

    # what goes wrong
    def _spite(self) -> None:
        if self.dice.random() >= self.trouble:
            if not self.counter.line.plugged and self.dice.random() < 0.4:
                self.counter.line.plugged = True
            self.chain.server_up()
            return
        others = (*FATES, "cut", "devices", "idle")
        what = self.dice.choice(others) if self.dice.random() < 0.4 else "step"
        if what == "step":
            self._doom()
        elif what == "cut":
            self.counter.line.plugged = False
        elif what == "idle":
            self.counter.kill(what)
        elif what == "devices":
            self._spoil_devices()
        else:
            self.counter.line.busy_s = self.dice.random() * 0.03
            self.counter.line.armed = what

    def _doom(self) -> None:
        """Every step has its turn, of the counter and of the server; who prints cards leaves all else to the others."""
        if not self.steps:
            prints_cards = "cards" in self.counter.gadgets
            self.steps = [*self.counter.deadly, *(() if prints_cards else names_of(SERVER))]
            self.dice.shuffle(self.steps)
        step = self.steps.pop()
        if step in names_of(SERVER):
            self.chain.doom_server(step)
        else:
            self.counter.doom(step)

    def _spoil_devices(self) -> None:
        self.book.spoiled += bool(self.counter.gadgets)
        if printer := self.counter.gadgets.get("cards"):
            stage = {"when": self.dice.choice(("moved", "erased", "printed"))}
            printer.fault(*self.dice.choice((("card_jam",), ("power_cut",), ("cover_open",))))
            printer.fault("card_jam", **stage)
        if (paper := self.counter.gadgets.get("receipts")) and self.dice.random() < 0.5:
            paper.fault(self.dice.choice(("paper_end", "cover_open")))

    def _hand_at_the_printers(self) -> None:
        """A card is put in, pulled out again or mended; now and then nobody cares."""
        if (printer := self.counter.gadgets.get("cards")) and self.dice.random() < 0.5:
            if self.dice.random() < 0.4:
                printer.mend()
            somebody = self._anybody() if self.guest is None or self.dice.random() < 0.3 else self.guest
            self.counter.hand(somebody if self.dice.random() < 0.8 else None)
        if "receipts" in self.counter.gadgets and self.dice.random() < 0.4:
            self.counter.mend("receipts")

    # what is sold
    def _plain_sale(self) -> None:
        person = self._anybody()
        if self.dice.random() < 0.3 and self._here(person):
            id = self._sell(self._amount(), None, lambda: self._here(person))
        else:
            who = {"member": person.id} if self.dice.random() < 0.6 else {"token": person.number}
            if self.dice.random() < 0.1:
                self._try("POST", "/identify", {"search": phone_of(self.chain.people.index(person))})
            id = self._sell(self._amount(), who)
        if id is not None:
            self.plain.append(id)

    def _stranger(self) -> None:
        self._sell(self._amount(), {"token": {"kind": "card_uid", "value": f"04DEAD{self.dice.randrange(10**8):08}"}})

    def _with_reward(self) -> None:
        person = self._anybody()
        if self._here(person):
            for reward in self.dice.sample(("Coffee", "$10 off"), self.dice.choice((1, 1, 2))):
                self._choose(reward)
            if self.dice.random() < 0.15:
                self._try("DELETE", "/member")
                return
            self._sell(self._amount(), None, lambda: self._here(person))

    def _hand_out(self) -> None:
        if self._here(self._anybody()) and (row := self._choose("Coffee")):
            self._try("POST", f"/redemptions/{row['id']}:hand-out")
            self._try("DELETE", "/member")

    def _return(self) -> None:
        if self.plain:
            self.number += 1
            sale = self.dice.choice(self.plain)
            body = {"id": f"r{self.number}", "amount": f"{self.dice.randint(1, 5)}.00"}
            self._patiently("POST", f"/sales/{sale}/returns", body)

    def _undo(self) -> None:
        if self.plain:
            self._patiently("POST", f"/sales/{self.plain.pop()}:undo", {})

    def _move(self) -> None:
        if self.plain:
            body = {"member": self._anybody().id, "reason": "wrong card"}
            self._patiently("POST", f"/sales/{self.plain.pop()}:move", body)

    def _sell(self, amount: int, who: dict[str, Any] | None, again: Callable[[], object] = bool) -> str | None:
        """The sale's id once the counter has promised it."""
        self.number += 1
        id = f"s{self.number}"
        status = self._patiently("POST", "/sales", {"id": id, "amount": f"{amount}.00", **(who or {})}, again)
        if status not in PROMISED:
            return None
        self.book.promised[f"{self.counter.id}:{id}"] = amount
        return id

    def _choose(self, reward: str) -> dict[str, Any] | None:
        status, answer = self._try("POST", "/redemptions", {"reward": reward})
        return dict(answer["redemption"]) if status == 201 else None

    def _here(self, person: Person) -> bool:
        self._try("DELETE", "/member")
        self.guest = person
        self._try("POST", "/identify", {"token": person.number})
        state = self._try("GET", "/state")[1] or {}
        return bool(state.get("member") and state["member"]["id"] == person.id)

    def _anybody(self) -> Person:
        return self.dice.choice(self.chain.people)

    def _amount(self) -> int:
        return self.dice.randint(20, 99)

    # the counter asked: it may be dead
    def _patiently(self, method: str, path: str, body: dict[str, Any], again: Callable[[], object] = bool) -> int:
        """The same again until the counter answers; the last status. A till of any make would do so."""
        for _ in range(TRIES):
            status, answer = self._try(method, path, body)
            if status in PROMISED:
                return status
            code = answer.get("code", "") if isinstance(answer, dict) else ""
            if status != 0 and code != "no_member":
                if code != "conflict" or "moment" not in answer.get("detail", ""):
                    self.book.refused.append((path, code))
                    return status
                time.sleep(0.2)
            again()
        self.book.refused.append((path, "gave up"))
        return 0

    def _try(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status 0 when nobody answered; a dead counter is switched on again."""
        try:
            return self.counter.ask(method, path, body)
        except OSError:
            for _ in range(10):
                if self.counter.program.died():
                    self.counter.up()
                    break
                time.sleep(0.1)  # it may only have been slow
            return 0, None
