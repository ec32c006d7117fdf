"""A counter comes in by a code that works once, sells with a key of its own, and is sent away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.typed import Command, command
from tests.databases import new_sqlite
from tests.journeys.programs import Program, call, free_port, until

__all__ = ["command"]


class Shop:
    """A server, and a folder for the counter's machine."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.folder, self.data_dir = folder, folder / "server"
        self.data_dir.mkdir()
        new_sqlite(shared, self.data_dir).dispose()
        self.url = f"http://127.0.0.1:{free_port()}"
        arguments = ["serve", "--bind", self.url.removeprefix("http://"), "--data-dir", str(self.data_dir)]
        self.server = Program("the server", arguments, folder / "server.log", self.url + "/readyz")
        self.server.start()

    def code(self, command: Command, counter: str) -> str:
        done = command("counter", "code", counter, "--data-dir", str(self.data_dir), "--json")
        return str(json.loads(done.stdout)["code"])

    def probe(self, counter: str, key: str) -> int:
        return call("POST", f"{self.url}/api/v1/counters/{counter}/commands", {"commands": []}, key=key)[0]


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("enrol"), shared)
    yield shop
    shop.server.stop()


def test_a_code_makes_a_counter_once_and_revoking_stops_it(
    shop: Shop, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = shop.code(command, "till-1")
    monkeypatch.delenv("LOYALTY_DATA_DIR")  # the counter's machine is another one: `tmp_path`
    done = command("counter", "enrol", "--server", shop.url, "--code", code.lower().replace("-", " "))
    assert (done.returncode, "This is the counter till-1 now" in done.stdout) == (0, True), done.stderr
    key_file = tmp_path / "counter-data" / "server.key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    key = key_file.read_text().strip()
    assert key not in done.stdout
    assert shop.probe("till-1", key) == 200
    assert shop.probe("till-2", key) == 403
    url = f"http://127.0.0.1:{free_port()}"
    bind = url.removeprefix("http://")
    arguments = ["counter", "--config", str(tmp_path / "counter.toml"), "--bind", bind]
    counter = Program("the counter", arguments, shop.folder / "counter.log", url + "/state")
    counter.start()
    until("it is let in", 20, lambda: call("GET", url + "/state")[1]["online"])
    again = command("counter", "enrol", "--server", shop.url, "--code", code)
    assert (again.returncode, "used already" in again.stderr) == (1, True)
    assert command("counter", "revoke", "till-1", "--data-dir", str(shop.data_dir)).returncode == 0
    until("it is sent away", 20, lambda: call("GET", url + "/state")[1]["link"]["cause"] == "key_refused")
    assert shop.probe("till-1", key) == 401
    assert counter.stop() == 0


@pytest.mark.slow
def test_a_second_code_voids_the_first_and_a_new_machine_the_old_key(shop: Shop, command: Command) -> None:
    first, second = shop.code(command, "till-3"), shop.code(command, "till-3")
    assert call("POST", shop.url + "/api/v1/counters:enrol", {"code": first})[0] == 401
    old = call("POST", shop.url + "/api/v1/counters:enrol", {"code": second})[1]
    new = call("POST", shop.url + "/api/v1/counters:enrol", {"code": shop.code(command, "till-3")})[1]
    assert (old["counter"], new["counter"]) == ("till-3", "till-3")
    assert (shop.probe("till-3", old["key"]), shop.probe("till-3", new["key"])) == (401, 200)


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 50}, {"code": 5}, {"code": "AAAAA-AAAAA"}, []])
def test_what_is_no_code_lets_nobody_in(shop: Shop, body: object) -> None:
    status, problem = call("POST", shop.url + "/api/v1/counters:enrol", body)
    assert status in (401, 422) and problem["detail"]


def test_a_wrong_server_costs_no_code(command: Command) -> None:
    done = command("counter", "enrol", "--server", "http://127.0.0.1:9", "--code", "AAAAA-AAAAA")
    assert (done.returncode, "cannot be reached" in done.stderr) == (1, True)
