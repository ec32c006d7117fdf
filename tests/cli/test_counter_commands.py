"""The commands around the counter: what they print, how they end, what they say when something is wrong."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import Command, command
from tests.journeys.programs import LOYALTY, call, free_port, until
from tests.waits import first_line

__all__ = ["command"]


def test_profiles_as_json_name_what_checks_ask_for(command: Command) -> None:
    done = command("devices", "profiles", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert {"star-tcp300ii", "pn532", "serial-scanner", "escpos-80mm"} <= rows.keys()
    assert set(rows["pn532"]) >= {"name", "vendor", "model", "firmware", "roles", "verified"}
    assert "card_reader" in rows["pn532"]["roles"]
    assert "star-tcp300ii" in command("devices", "profiles").stdout


def test_the_ports_of_this_machine_are_listed(command: Command) -> None:
    assert "drivers" in json.loads(command("devices", "list", "--json").stdout)
    assert "Drivers:" in command("devices", "list").stdout


def test_a_simulated_device_is_the_process_that_was_started() -> None:
    process = subprocess.Popen([*LOYALTY, "simulate", "pn532", "--tcp", "127.0.0.1:0", "--speed", "fast"],
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout
    ready = json.loads(first_line(process))
    assert ready["profile"] == "pn532" and ready["port"].startswith("socket://127.0.0.1:")
    assert call("GET", ready["control"] + "/state")[1]["profile"] == "pn532"
    process.kill()
    process.wait(10)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(ready["port"].rpartition(":")[2])), 1)


def test_an_unknown_device_to_simulate_is_wrong_use() -> None:
    done = subprocess.run([*LOYALTY, "simulate", "toaster"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "toaster" in done.stderr and "Traceback" not in done.stderr


def test_the_counter_says_where_it_is_and_ends_on_sigint(tmp_path: Path) -> None:
    bind = f"127.0.0.1:{free_port()}"
    words = ["counter", "--bind", bind, "--data-dir", str(tmp_path / "data"), "--server", "http://127.0.0.1:9"]
    process = subprocess.Popen([*LOYALTY, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    assert first_line(process).strip() == f"The counter is ready: http://{bind}"
    assert call("GET", f"http://{bind}/state")[1]["counter"] == "counter-1"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    until("the port to be free", 5, lambda: _free(bind))


def _free(bind: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(bind.rpartition(":")[2]))) != 0


@pytest.mark.parametrize(("words", "code", "says"), [
    (["--config", "missing.toml"], 2, "cannot be read"),
    (["--server", "10.0.0.5"], 2, "web address"),
    (["--bind", "nowhere"], 2, "bind is 'nowhere'"),
    (["--data-dir", "file/below"], 1, "choose another data_dir"),
])  # fmt: skip
def test_a_counter_that_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, command: Command, words: list[str], code: int, says: str
) -> None:
    (tmp_path / "file").write_text("")
    done = command("counter", *words)
    assert done.returncode == code
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_a_counter_on_a_taken_port_says_so(tmp_path: Path, command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        done = command("counter", "--bind", bind, "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert f"The address {bind} cannot be used" in done.stderr and "--bind" in done.stderr


def test_a_device_with_an_unknown_profile_stops_the_start(tmp_path: Path, command: Command) -> None:
    settings = tmp_path / "counter.toml"
    settings.write_text('[counter]\n[[counter.devices]]\nid = "r"\nrole = "scanner"\nprofile = "toaster"\nport = "x"\n')
    done = command("counter", "--config", str(settings))
    assert done.returncode == 2
    assert "no profile 'toaster'" in done.stderr
