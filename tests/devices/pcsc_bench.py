"""A counter with a PC/SC reader: the simulated one in a process of its own, and the driver on this process's pyscard.

libpcsclite reads PCSCLITE_CSOCK_NAME once in the life of a process, so all simulated readers of one test process
listen on the same path, one after the other.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import replace
from pathlib import Path

from loyalty.contract.token import Token
from loyalty.devices.drivers.pcsc import PcscReader, open_driver
from loyalty.devices.interfaces import Seen
from loyalty.devices.profiles import Fact, Profile, read_profile
from loyalty.devices.transports import open_transport
from tests.waits import first_line

SOCKET = Path(tempfile.gettempdir()) / f"loyalty-pcsc-test-{os.getpid()}" / "pcscd.comm"
os.environ["PCSCLITE_CSOCK_NAME"] = str(SOCKET)
UID = "04A1B2C3D4E5F6"


class Desk:
    """A counter with one reader. `profile`: the simulated model, and what the driver goes by."""

    def __init__(self, profile: str, *options: str) -> None:
        SOCKET.parent.mkdir(exist_ok=True)
        self.profile = read_profile(profile)
        where = options or ("--socket", str(SOCKET))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulators", profile, "--speed", "fast", *where], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.ready = json.loads(first_line(self._process))
        self.process_id = self._process.pid
        self._plugged: list[PcscReader] = []

    def plug(self, profile: Profile | None = None) -> PcscReader:
        profile = profile or self.profile
        self.reader = open_driver(open_transport(self.ready["port"], profile), profile)
        self._plugged.append(self.reader)
        return self.reader

    def tidy(self) -> None:
        """No card, no fault, no program at the reader: for the next test."""
        for reader in self._plugged:
            reader.close()
        self._plugged.clear()
        self.clear()
        self.take()

    def end(self) -> None:
        self.tidy()
        self._process.terminate()
        self._process.wait(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        with contextlib.suppress(OSError):
            SOCKET.unlink(missing_ok=True)
            SOCKET.parent.rmdir()

    def call(self, method: str, path: str, body: object = None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.ready["control"] + path, data, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def tap(self, uid: str = UID, kind: str = "rewritable", **memory) -> None:
        self.call("POST", "/card", {"card": {"kind": kind, "uid": uid, "memory": memory}})

    def take(self) -> None:
        self.call("DELETE", "/card")

    def tap_again(self) -> None:
        """The card that was here last, with all that it remembers."""
        self.call("POST", "/card", {"again": True})
        self.see()

    def see_gone_and_back(self) -> None:
        self.take()
        self.tap_again()

    def see(self) -> None:
        """Waits until the reader has told of the card that lies there."""
        while not isinstance(self.reader.poll(10), Seen):
            pass

    def fault(self, name: str, **settings) -> None:
        self.call("POST", "/fault", {"name": name, **settings})

    def clear(self) -> None:
        self.call("DELETE", "/fault")

    def token(self, uid: str = UID) -> Token:
        return Token("card_uid", uid, self.ready["port"])


def with_facts(profile: Profile, **values) -> Profile:
    """The profile with other numbers, so that a test need not wait as long as a counter would."""
    facts = {name: Fact(value, "this test", "unverified") for name, value in values.items()}
    return replace(profile, facts=profile.facts | facts)
