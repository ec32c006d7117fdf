"""One demo shop: its data, its processes and its ready file."""

import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loyalty.cli.demo.counter_settings import counter_settings
from loyalty.cli.demo.devices import Plugged, plugged, start_simulators
from loyalty.cli.demo.prepare import Prepared, prepare
from loyalty.cli.demo.processes import Child, Family
from loyalty.config import Config
from loyalty.errors import ConfigError

READY_WITHIN_S = 40.0


class Shop:
    """open() starts all and writes the ready file; close() ends all. `stopped` tells that the user wants out."""

    def __init__(self, port: int, counter_port: int, data_dir: Path | None, keep: bool, ready_file: Path | None,
                 speed: str, stopped: Callable[[], bool]) -> None:  # fmt: skip
        self.server_url, self.counter_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{counter_port}"
        self._ports = {"--port": port, "--counter-port": counter_port}
        self._temporary = data_dir is None and not keep
        self.data_dir = _writable(data_dir or Path(tempfile.mkdtemp(prefix="loyalty-demo-")))
        self.family = Family()
        self._ready_file, self._speed, self._stopped = ready_file, speed, stopped
        self._info: dict[str, Any] = {}

    def open(self) -> bool:
        """True when all is up; False when the user gave up meanwhile. ConfigError with one sentence otherwise."""
        for option, port in self._ports.items():
            _check_free(option, port)
        logs = self.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        simulators = start_simulators(self.family, logs, self._speed)
        prepared = prepare(Config(data_dir=self.data_dir), self._stopped)
        if prepared is None or self._stopped():
            return False
        devices = plugged(simulators)
        self._start_programs(logs, devices, prepared)
        self._wait(self.server_url + "/readyz", "the server")
        self._wait(self.counter_url + "/state", "the counter program")
        if self._stopped():
            return False
        self._info = self._describe(devices, prepared)
        self._write_ready()
        return True

    def _start_programs(self, logs: Path, devices: list[Plugged], prepared: Prepared) -> None:
        base = [sys.executable, "-m", "loyalty.cli.main"]
        settings = self.data_dir / "counter.toml"
        settings.touch(mode=0o600)
        text = counter_settings(self.data_dir, self.server_url, prepared.counter_key, devices, prepared.members)
        settings.write_text(text, "utf-8")
        bind = self.server_url.removeprefix("http://")
        self.server = self.family.add(
            Child("the server", [*base, "serve", "--bind", bind], logs / "server.log", restart=True,
                  environment={"LOYALTY_DATA_DIR": str(self.data_dir)})
        )  # fmt: skip
        bind = self.counter_url.removeprefix("http://")
        self.counter = self.family.add(
            Child("the counter program", [*base, "counter", "--config", str(settings), "--bind", bind],
                  logs / "counter.log", restart=True)
        )  # fmt: skip

    def _wait(self, url: str, what: str) -> None:
        end = time.monotonic() + READY_WITHIN_S
        while not self._stopped():
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=2):
                return
            for child in (self.server, self.counter):
                if child.died():
                    raise ConfigError(f"{child.name} did not start: {child.last_words()} (log: {child.log})")
            if time.monotonic() > end:
                raise ConfigError(f"{what} is not ready after {READY_WITHIN_S:.0f} s; see {self.data_dir}/logs.")
            time.sleep(0.05)

    def _describe(self, devices: list[Plugged], prepared: Prepared) -> dict[str, Any]:
        return {
            "server": self.server_url, "counter": self.counter_url, "kiosk": self.counter_url + "/kiosk",
            "bench": self.counter_url + "/bench", "pids": {"demo": os.getpid(), **self._pids()},
            "logins": prepared.logins, "api_key": prepared.owner_key, "data_dir": str(self.data_dir),
            "simulators": [device.ready_entry() for device in devices], 
            "members": [member.ready_entry() for member in prepared.members],
        }  # fmt: skip

    def _pids(self) -> dict[str, int]:
        return {"server": self.server.pid, "counter": self.counter.pid}

    def changed(self) -> None:
        """A child was started again under another process id."""
        self._info["pids"].update(self._pids())
        self._write_ready()

    def _write_ready(self) -> None:
        if self._ready_file:
            part = self._ready_file.with_name(self._ready_file.name + ".part")
            part.touch(mode=0o600)
            part.write_text(json.dumps(self._info, ensure_ascii=False, indent=1), "utf-8")
            os.replace(part, self._ready_file)

    def welcome(self) -> str:
        """The links and log-ins, for the terminal."""
        logins = "\n".join(
            f"    {role:<14} {login['email']:<28} {login['password']}" for role, login in self._info["logins"].items()
        )
        return (
            f"\n  Cashier      {self.counter_url}/\n  Kiosk        {self._info['kiosk']}\n"
            f"  Bench        {self._info['bench']}   tap cards, pull cables\n  Back office  {self.server_url}/\n"
            f"  A phone      {self.server_url}/me   mails lie in {self.data_dir / 'portal-mail'}\n"
            f"\n{logins}\n\n  Ctrl-C ends all of it.\n"
        )

    def close(self) -> None:
        self.family.stop()
        if self._ready_file:
            self._ready_file.unlink(missing_ok=True)
        if self._temporary:
            shutil.rmtree(self.data_dir, ignore_errors=True)


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder.resolve()
    except OSError as error:
        raise ConfigError(
            f"The data directory {folder} cannot be written ({error.strerror}); choose another with --data-dir."
        ) from error


def _check_free(option: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} is in use by another program; stop that program or choose another port with {option}."
            ) from error
