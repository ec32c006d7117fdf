"""The real programs as processes: started, asked over HTTP, killed."""

import contextlib
import json
import random
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

from tests.journeys.nursery import Forked, typed

Found = TypeVar("Found")
LOYALTY = [sys.executable, "-c", "from loyalty.cli.main import main; main()"]


PORTS = range(15_000, 32_000)
"""Below those that systems hand out by themselves: nobody gets one while the program that has it is started again."""


READY_S = 50
"""Two may start one after the other, and still the test that waited is told apart from one that hangs."""


def free_port() -> int:
    for port in random.SystemRandom().sample(PORTS, 200):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Program:
    """One process of `loyalty` with its log. `ready` is a call that answers once it serves."""

    def __init__(self, name: str, words: list[str], log: Path, ready: str) -> None:
        self.name, self._words, self._log, self._ready = name, words, log, ready
        self._process: Forked | None = None

    def start(self) -> None:
        self._process = Forked(self.name, self._log, typed, (self._words,))
        until(f"{self.name} is ready", READY_S, self._answers)

    def _answers(self) -> bool:
        if self.died():
            raise AssertionError(f"{self.name} ended: {self.log()[-800:]}")
        try:
            return call("GET", self._ready)[0] == 200
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def died(self) -> bool:
        return self._process is not None and self._process.exit_code() is not None

    def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.send(signal.SIGKILL)
        until(f"{self.name} is dead", 10, self.died)

    def stop(self) -> int:
        """As Ctrl-C would; the exit code."""
        if self._process is None:
            return 0
        self._process.send(signal.SIGTERM)
        try:
            until(f"{self.name} has ended", 12, self.died)
        except AssertionError:
            self._process.send(signal.SIGKILL)
            raise
        code = self._process.exit_code()
        assert code is not None  # it has ended
        return code


def call(
    method: str, url: str, body: object = None, key: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON (or bytes); OSError when nobody answers, or breaks off in the middle."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        return _answer(request)
    except HTTPException as error:
        raise ConnectionResetError(str(error)) from error


def _answer(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, _content(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _content(error.read())


def _content(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"null")
    except ValueError:
        return raw


def until(what: str, seconds: float, test: Callable[[], Found]) -> Found:
    """The first true thing that `test` gives within `seconds`."""
    end, pause = time.monotonic() + seconds, 0.02
    while True:
        if found := test():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)
        pause = min(0.15, pause * 1.3)  # who is asked all the time has none left for the answer
