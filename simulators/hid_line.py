"""The device's end of a USB cable that carries HID reports: a Unix socket on which whole packets pass.

A packet is one letter and a report: I to the host, O from it, F its setting of the feature report, G its question for
that, A the answer. Of the line's faults cut, delay and mute are felt; drop, garble and duplicate are not, for USB finds
damaged and doubled packets by its CRC and its data toggle and sends them again (USB 2.0, sections 8.3.5 and 8.6).
"""

import atexit
import contextlib
import os
import shutil
import socket
import tempfile
import threading
from typing import Protocol

from simulators.line import FaultyWire, end
from simulators.unit import Unit

LONGEST_REPORT = 65536


class HasFeatures(Protocol):
    """What a unit may have besides: a feature report."""

    def set_feature(self, data: bytes) -> None: ...

    def get_feature(self) -> bytes: ...


class HidLine:
    """Listens at `path`, or in a new folder; one host at a time, a new one replaces the old."""

    def __init__(self, unit: Unit, path: str | None = None) -> None:
        self.unit, self.wire = unit, FaultyWire(unit)
        self.path = path or os.path.join(_new_folder(), "hid")
        self.port = f"hid+unix://{self.path}"
        self._client: socket.socket | None = None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.bind(self.path)
        self._server.listen()
        unit.send, unit.hang_up, unit.unplug = self.send, self.hang_up, self.close
        threading.Thread(target=self._accept, daemon=True).start()

    def send(self, data: bytes) -> None:
        """One input report."""
        report = self._passes(data, "<")
        if report:
            self._packet(b"I" + report)

    def hang_up(self) -> None:
        client, self._client = self._client, None
        if client:
            end(client)

    def close(self) -> None:
        end(self._server)
        self.hang_up()
        with contextlib.suppress(OSError):
            os.unlink(self.path)

    def _passes(self, data: bytes, direction: str) -> bytes:
        """As it arrives in the end; a damaged packet shows in the log only."""
        passed = self.wire.passes(data, direction)
        return data if passed else b""

    def _packet(self, packet: bytes) -> None:
        if client := self._client:
            with contextlib.suppress(OSError):
                client.sendall(packet)

    def _accept(self) -> None:
        before: threading.Thread | None = None
        while client := self._next_host():
            self.hang_up()
            if before:
                before.join()  # what the last host said is worked off before the next one is heard
            if "cut" in self.unit.faults:
                end(client)
                client.close()
                continue
            self._client = client
            before = threading.Thread(target=self._serve, args=(client,), daemon=True)
            before.start()

    def _next_host(self) -> socket.socket | None:
        try:
            return self._server.accept()[0]
        except OSError:
            self._server.close()
            return None

    def _serve(self, client: socket.socket) -> None:
        self.unit.plugged(True)
        with contextlib.suppress(OSError):
            while (packet := client.recv(LONGEST_REPORT)) and self._client is client:
                self._heard(packet[:1], self._passes(packet[1:], ">"))
        if self._client is client:
            self._client = None
        client.close()
        self.unit.plugged(False)

    def _heard(self, kind: bytes, data: bytes) -> None:
        unit: HasFeatures = self.unit  # type: ignore[assignment]  # units without features are never asked for them
        if kind == b"O":
            self.unit.receive(data)
        elif kind == b"F":
            unit.set_feature(data)
        elif kind == b"G":
            self._packet(b"A" + self._passes(unit.get_feature(), "<"))


def _new_folder() -> str:
    folder = tempfile.mkdtemp(prefix="loyalty-hid-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
