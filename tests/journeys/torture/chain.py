"""A chain of three counters and their server, all processes of their own, on lines that break when they are told to."""

import secrets
import threading
from collections import Counter as Tally
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loyalty.config import Config
from loyalty.db.session import open_engine, write
from loyalty.db.upgrade import upgrade
from loyalty.points.sql_engine import Ledger
from loyalty.web.api.keys import create_key
from simulators.card import SimCard
from simulators.star_tcp.job import Place
from tests.journeys.programs import call, free_port
from tests.journeys.torture.at_work import CARD_STAGES, PAPER_STAGES, AtWork
from tests.journeys.torture.kill_points import COUNTER, dead_of, names_of, run_counter, run_server
from tests.journeys.torture.line import Line
from tests.journeys.torture.mortal import Mortal
from tests.journeys.world import PROGRAMME, Gadget, Person

REWARDS = [
    {"name": "Coffee", "cost": 100, "value": {"product": "coffee"}},
    {"name": "$10 off", "cost": 120, "value": {"amount": 10}},
]
DEVICES = {
    "till-1": (("cards", "card_printer", "star-tcp300ii"), ("receipts", "receipt_printer", "escpos-80mm")),
    "till-2": (("receipts", "receipt_printer", "escpos-80mm"),),
    "till-3": (),
}
INSIDE = (Place.FRONT, Place.REAR)
OF_CHAIN = PROGRAMME | {
    "rewards": REWARDS, "wallets": {"points": {**PROGRAMME["wallets"]["points"], "on_return": "allow_negative"}},
}  # fmt: skip
"""Nothing is waived when a sale comes back whose points are spent: every point can be told from the sales."""
RICH, POOR = 100_000, 150


def phone_of(place: int) -> str:
    """The telephone number of the member at this place, without the country."""
    return f"9123456{place}"


class Counter:
    """One counter program on a machine whose clock is wrong by `skew_s`."""

    def __init__(self, id: str, folder: Path, server_port: int, key: str, kill_server: Any, skew_s: float) -> None:
        self.id, self.folder = id, folder / id
        self.folder.mkdir()
        self.line = Line(server_port, self.kill, kill_server)
        self.gadgets = {name: Gadget(profile) for name, _, profile in DEVICES[id]}
        self.url = f"http://127.0.0.1:{free_port()}"
        settings = self.folder / "counter.toml"
        settings.write_text(self._settings(key), "utf-8")
        self.order, self.skew_s = folder / f"{id}.order", skew_s
        arguments = (settings, skew_s, self.order)
        self.program = Mortal(id, run_counter, arguments, folder / f"{id}.log", self.url + "/state")
        self.works = {name: AtWork(gadget.unit, self.kill) for name, gadget in self.gadgets.items()}
        self.killed: list[str] = []
        self.people: list[Person] = []

    @property
    def deadly(self) -> tuple[str, ...]:
        """Steps at which this counter is killed: the rarer its devices, the more of theirs."""
        points = names_of(COUNTER)
        if "cards" in self.gadgets:
            return (*(name for name in points if name.startswith(("face", "print"))), *CARD_STAGES, *PAPER_STAGES)
        if self.gadgets:
            return (*(name for name in points if not name.startswith("face")), *PAPER_STAGES)
        return tuple(name for name in points if not name.startswith(("face", "print", "slip out")))

    def doom(self, step: str) -> None:
        """It will be killed when it comes to this step."""
        if step in CARD_STAGES:
            self.works["cards"].strike(step)
        elif step in PAPER_STAGES:
            self.works["receipts"].strike(step)
        else:
            self.order.write_text(step, "utf-8")

    def spare(self) -> None:
        """No death that was ordered comes any more."""
        self.order.unlink(missing_ok=True)
        for works in self.works.values():
            works.call_off()

    def kill(self, why: str) -> None:
        """As a power cut would."""
        if self.program.kill():
            self.killed.append(why)

    def deaths(self) -> Tally[str]:
        """Steps, and how often it was killed there."""
        return Tally([*self.killed, *_written(self.order)])

    def up(self) -> None:
        """Somebody switches it on again."""
        if self.program.died():
            self.program.start()

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        return call(method, self.url + path, body)

    def hand(self, person: Person | None) -> None:
        """A card is pulled out of the printer, and this person's pushed in; one inside the unit is out of reach."""
        unit = self.gadgets["cards"].unit
        with unit.changed:
            works = unit.works
            if unit.changed.wait_for(lambda: works.waiting or (unit._job is None and works.place not in INSIDE), 0.5):
                unit.take_card()
                if person is not None:
                    unit.put_card(SimCard.from_json(person.card))

    def mend(self, name: str) -> None:
        """A device is put right; a receipt printer gets a new roll, whatever is left of the old one."""
        if name == "receipts":
            self.gadgets[name].fault("paper_end")
        self.gadgets[name].mend()

    def state(self) -> dict[str, Any]:
        return dict(self.ask("GET", "/state")[1])

    def close(self) -> None:
        self.program.stop()
        self.line.close()
        for gadget in self.gadgets.values():
            gadget.close()

    def _settings(self, key: str) -> str:
        lines = [
            "[counter]", f'id = "{self.id}"', 'shop = "Harbour Club"', 'data_dir = "data"',
            f'server = "{self.line.url}"',
            f'bind = "{self.url.removeprefix("http://")}"', f'api_key = "{key}"', 'time_zone = "Asia/Hong_Kong"',
            "offline_redeem_points = 150",
        ]  # fmt: skip
        for name, role, profile in DEVICES[self.id]:
            gadget = self.gadgets[name]
            lines += ["[[counter.devices]]", f'id = "{name}"', f'role = "{role}"', f'profile = "{profile}"',
                      f'port = "{gadget.port}"', f'control = "{gadget.control}"']  # fmt: skip
        return "\n".join(lines) + "\n"


def _written(order: Path) -> list[str]:
    book = dead_of(order)
    return book.read_text("utf-8").splitlines() if book.exists() else []


class Chain:
    """`people`: the first two have points for one reward only, the others for all that may come."""

    def __init__(self, folder: Path, skews_s: tuple[float, float, float]) -> None:
        self.data_dir = folder / "server"
        self.data_dir.mkdir()
        self.database_url = Config(data_dir=self.data_dir).database_url
        self.key, self.counter_key = self._open_shop()
        self.port, self._lock = free_port(), threading.Lock()
        self.server_order, self._server_killed = folder / "server.order", list[str]()
        arguments = ["serve", "--bind", f"127.0.0.1:{self.port}", "--data-dir", str(self.data_dir)]
        ready = f"http://127.0.0.1:{self.port}/readyz"
        self.server = Mortal("the server", run_server, (arguments, self.server_order), folder / "server.log", ready)
        self.counters = [Counter(id, folder, self.port, self.counter_key, self.kill_server, skew)
                         for id, skew in zip(DEVICES, skews_s, strict=True)]  # fmt: skip
        self.people: list[Person] = []
        self.began = datetime.now(UTC)

    def start(self) -> None:
        self.server.start()
        for counter in self.counters:
            counter.program.start()
        self.enrol_all()

    def enrol_all(self) -> None:
        self.people = [self._enrol(f"Member {number}", POOR if number < 2 else RICH, number) for number in range(6)]
        for counter in self.counters:
            counter.people = self.people

    def kill_server(self, why: str) -> None:
        if self.server.kill():
            self._server_killed.append(why)

    def doom_server(self, step: str) -> None:
        """It will be killed when it comes to this step."""
        self.server_order.write_text(step, "utf-8")

    def spare_all(self) -> None:
        """No death that was ordered comes any more."""
        self.server_order.unlink(missing_ok=True)
        for counter in self.counters:
            counter.spare()

    def server_deaths(self) -> Tally[str]:
        """Steps, and how often the server was killed there."""
        return Tally([*self._server_killed, *_written(self.server_order)])

    def server_up(self) -> None:
        with self._lock:
            if self.server.died():
                self.server.start()

    def api(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        return call(method, f"http://127.0.0.1:{self.port}/api/v1{path}", body, key=self.key)

    def close(self) -> None:
        for counter in self.counters:
            counter.close()
        self.server.stop()

    def _enrol(self, name: str, points: int, place: int) -> Person:
        uid, phone = "04" + secrets.token_hex(6).upper(), phone_of(place)
        who = {"name": name, "phone": f"+852 {phone}", "cards": [{"kind": "card_uid", "token": uid}]}
        status, member = self.api("POST", "/members", who)
        assert status == 201, member
        gift = {"id": f"gift-{member['id']}", "member": member["id"], "points": points, "reason": "gift"}
        assert self.api("POST", "/credits", gift)[0] == 201
        return Person(member["id"], name, member["number"], uid)

    def _open_shop(self) -> tuple[str, str]:
        engine = open_engine(self.database_url)
        upgrade(engine)
        opened = datetime.now(UTC) - timedelta(days=30)
        with write(engine) as session:
            Ledger(session).put_programme(OF_CHAIN, opened, opened)
            keys = [create_key(session, [scope], opened, name=scope).key for scope in ("all", "counter")]
        engine.dispose()
        return keys[0], keys[1]
