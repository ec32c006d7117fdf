"""A small shop: a server, one counter with four simulated devices, and the cable between them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from loyalty.db.session import write
from loyalty.points.sql_engine import Ledger
from loyalty.web.api.keys import create_key
from simulators.__main__ import start as start_simulator
from tests.databases import new_sqlite
from tests.journeys.cable import Cable
from tests.journeys.programs import Program, call, free_port, until

PROGRAMME: dict[str, Any] = {
    "name": "Harbour Club", "currency": "HKD", "timezone": "Asia/Hong_Kong",
    "wallets": {"points": {"expiry": {"after": {"months": 12}, "round_up": "month"}}},
    "earn": [{"name": "base", "per_amount": {"points": 1, "per": 1}}],
    "tiers": {"metric": "spend", "levels": [{"name": "Member", "from": 0}, {"name": "Gold", "from": 500}]},
    "rewards": [{"name": "Coffee", "cost": 100, "value": {"product": "coffee"}}],
}  # fmt: skip
DEVICES = (
    ("reader", "card_reader", "pn532"), ("scanner", "scanner", "serial-scanner"),
    ("cards", "card_printer", "star-tcp300ii"), ("receipts", "receipt_printer", "escpos-80mm"),
    ("stripe", "magstripe", "msr605"), ("swipes", "magstripe", "magtek-sureswipe"),
)  # fmt: skip
BY_USB = ("magtek-sureswipe",)


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    number: str
    uid: str

    @property
    def card(self) -> dict[str, Any]:
        """The member's visual card as simulators take it."""
        return {"kind": "rewritable", "uid": self.uid, "tracks": {"2": self.number}}


class Gadget:
    """One simulated device and its control address."""

    def __init__(self, profile: str) -> None:
        tcp = None if profile in BY_USB else "127.0.0.1:0"
        self.unit, ready, self._server = start_simulator(profile, tcp=tcp)
        self.port, self.control = ready["port"], ready["control"]

    def put(self, person: Person) -> None:
        self._do("POST", "card", {"card": person.card})

    def take(self) -> None:
        self._do("DELETE", "card")

    def scan(self, code: str) -> None:
        self._do("POST", "scan", {"data": code, "symbology": "CODE128"})

    def swipe(self, **tracks: str) -> None:
        """swipe(t2="100001")"""
        self._do("POST", "swipe", {"tracks": {name[1:]: text for name, text in tracks.items()}})

    def fault(self, name: str, **settings: Any) -> None:
        self._do("POST", "fault", {"name": name, **settings})

    def mend(self) -> None:
        self._do("DELETE", "fault")

    def picture(self, name: str) -> bytes | None:
        status, content = call("GET", f"{self.control}/{name}")
        return content if status == 200 else None

    def _do(self, method: str, what: str, body: object = None) -> None:
        status, answer = call(method, f"{self.control}/{what}", body)
        assert status == 200, answer

    def close(self) -> None:
        self._server.close()


class World:
    """Everything, started. `counter` and `server` are real processes; devices are wires of their own."""

    programme = PROGRAMME
    more_settings: tuple[str, ...] = ()
    """Further lines for the counter's settings."""
    device_settings: dict[str, str] = {}
    """By device: its settings, as TOML."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "server"
        self.data_dir.mkdir()
        self.people: list[Person] = []
        self.story = 0
        self.key, counter_key = self._open_shop(shared)
        self._port = free_port()
        self.cable = Cable(self._port)
        arguments = ["serve", "--bind", f"127.0.0.1:{self._port}", "--data-dir", str(self.data_dir)]
        self.server = Program("the server", arguments, folder / "server.log", f"http://127.0.0.1:{self._port}/readyz")
        self.gadgets = {id: Gadget(profile) for id, _, profile in DEVICES}
        self.url = f"http://127.0.0.1:{free_port()}"
        settings = folder / "counter.toml"
        settings.write_text(self._settings(counter_key), "utf-8")
        self.counter = Program("the counter", ["counter", "--config", str(settings)], folder / "counter.log",
                               self.url + "/state")  # fmt: skip

    def start(self) -> None:
        self.server.start()
        self.counter.start()
        until("the counter has found its server", 10, lambda: self.state()["online"])

    def anew(self) -> None:
        """As on the first morning, for the next story: all mended, nobody there, nothing waits, three new members."""
        self.story += 1
        self.cable.mend()
        for program in (self.server, self.counter):
            if program.died():
                program.start()
        for gadget in self.gadgets.values():
            gadget.mend()
            gadget.take()
        for name in ("member", "kiosk/member"):
            call("DELETE", f"{self.url}/{name}")
        self.all_sent()
        for job in self.state()["print_jobs"]:
            call("POST", f"{self.url}/print-jobs/{job['id']}:drop")
        self.people = [self._enrol(*who) for who in
                       (("陳大文", "zh-Hant"), ("Peter Chan", "en"), ("李小龙", "zh-Hans"))]  # fmt: skip

    def _enrol(self, name: str, language: str) -> Person:
        uid = "04" + secrets.token_hex(6).upper()
        body = {"name": name, "language": language, "cards": [{"kind": "card_uid", "token": uid}]}
        status, member = self.api("POST", "/members", body)
        assert status == 201, member
        return Person(member["id"], name, member["number"], uid)

    def stop(self) -> None:
        self.counter.stop()
        self.server.stop()
        self.cable.close()
        for gadget in self.gadgets.values():
            gadget.close()

    # the counter
    def state(self) -> dict[str, Any]:
        return dict(call("GET", self.url + "/state")[1])

    def sell(self, amount: str, id: str | None = None, **more: Any) -> tuple[int, Any]:
        body = {"amount": amount, **({"id": self.sale_id(id)} if id else {}), **more}
        return call("POST", self.url + "/sales", body)

    def undo(self, id: str) -> tuple[int, Any]:
        return call("POST", f"{self.url}/sales/{self.sale_id(id)}:undo")

    def sale_id(self, id: str) -> str:
        """Each story has its own `s-1`."""
        return f"{self.story}-{id}"

    def member_here(self, seconds: float = 2) -> dict[str, Any]:
        return dict(until("a member on the screen", seconds, lambda: self.state()["member"]))

    def tap(self, person: Person) -> dict[str, Any]:
        """The card is held to the reader and taken away again once the member is on the screen."""
        self.gadgets["reader"].put(person)
        shown = until(f"{person.name} on the screen", 3, lambda: self._shows(person))
        self.gadgets["reader"].take()
        return shown

    def _shows(self, person: Person) -> dict[str, Any] | None:
        member = self.state()["member"]
        return member if member and member["id"] == person.id else None

    def device(self, id: str) -> dict[str, Any]:
        return next(device for device in self.state()["devices"] if device["id"] == id)

    def device_says(self, id: str, cause: str, seconds: float = 8) -> dict[str, Any]:
        return until(f"{id} says {cause}", seconds,
                     lambda: (lambda found: found if found["cause"] == cause else None)(self.device(id)))  # fmt: skip

    def jobs(self, kind: str) -> list[dict[str, Any]]:
        return [job for job in self.state()["print_jobs"] if job["kind"] == kind]

    def all_sent(self, seconds: float = 15) -> None:
        until("nothing waits for the server", seconds, lambda: self.state()["pending"] == 0)

    # the server
    def balance(self, person: Person) -> Decimal:
        status, member = call("GET", f"http://127.0.0.1:{self._port}/api/v1/members/{person.id}", key=self.key)
        assert status == 200, member
        return Decimal(str(member["wallets"]["points"]["available"]))

    def api(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        return call(method, f"http://127.0.0.1:{self._port}/api/v1{path}", body, key=self.key)

    def _open_shop(self, shared: Path) -> tuple[str, str]:
        engine = new_sqlite(shared, self.data_dir)
        opened = datetime.now(UTC) - timedelta(days=30)
        with write(engine) as session:
            Ledger(session).put_programme(self.programme, opened, opened)
            owner = create_key(session, ["all"], opened, name="tests").key
            counter = create_key(session, ["counter"], opened, name="till-1").key
        engine.dispose()
        return owner, counter

    def _settings(self, key: str) -> str:
        lines = [
            "[counter]", 'id = "till-1"', 'shop = "Harbour Club"', 'store = "Central"', 'data_dir = "counter"',
            f'server = "{self.cable.url}"', f'bind = "{self.url.removeprefix("http://")}"', f'api_key = "{key}"',
            'time_zone = "Asia/Hong_Kong"', *self.more_settings,
        ]  # fmt: skip
        for id, role, profile in DEVICES:
            gadget = self.gadgets[id]
            lines += ["[[counter.devices]]", f'id = "{id}"', f'role = "{role}"', f'profile = "{profile}"',
                      f'port = "{gadget.port}"', f'control = "{gadget.control}"']  # fmt: skip
            lines += [f"settings = {self.device_settings[id]}"] if id in self.device_settings else []
        return "\n".join(lines) + "\n"


@contextmanager
def running(world: World) -> Iterator[World]:
    """With its programs, until the end."""
    try:
        world.start()
        yield world
    finally:
        world.stop()
