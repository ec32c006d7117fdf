"""The device's end of the wire: a TCP port or a pty, with the faults that befall cables."""

import contextlib
import os
import socket
import threading
import time
import tty
from collections.abc import Callable

from simulators.unit import Unit


class FaultyWire:
    """Applies the line faults of the unit to bytes passing either way.

    cut: silence (pty) or a closed connection (TCP) until cleared | drop {bytes: n, after: k}: n bytes vanish after k
    | delay {seconds} | garble {bit: b, after: k}: one bit of one byte is turned, once | duplicate {after: k}: one
    byte comes twice, once | late {seconds, after: k}: byte k and what follows come so much later, once |
    mute {direction}: `>` or `<` is silent.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def passes(self, data: bytes, direction: str) -> bytes:
        faults = self.unit.faults
        if "cut" in faults or ("mute" in faults and direction in faults["mute"].get("direction", "<")):
            return b""
        if "delay" in faults:
            time.sleep(float(faults["delay"].get("seconds", 0.5)))
        once = {"drop": self._drop, "garble": self._garble, "duplicate": self._duplicate, "late": self._late}
        for name, change in once.items():
            fault = faults.get(name)
            if fault is not None and fault.get("direction", "<") == direction:
                data = self._once(name, fault, data, change)
        return data

    def _once(
        self, name: str, fault: dict[str, int], data: bytes, change: Callable[[bytes, int, dict[str, int]], bytes]
    ) -> bytes:
        at = int(fault.get("after", 0))
        if at >= len(data):
            fault["after"] = at - len(data)
            return data
        self.unit.log.note("!", data, name)
        self.unit.clear_faults(name)
        return change(data, at, fault)

    @staticmethod
    def _drop(data: bytes, at: int, fault: dict[str, int]) -> bytes:
        return data[:at] + data[at + int(fault.get("bytes", 1)) :]

    @staticmethod
    def _garble(data: bytes, at: int, fault: dict[str, int]) -> bytes:
        return data[:at] + bytes([data[at] ^ 1 << int(fault.get("bit", 0))]) + data[at + 1 :]

    @staticmethod
    def _late(data: bytes, at: int, fault: dict[str, int]) -> bytes:
        time.sleep(float(fault.get("seconds", 1)))
        return data

    @staticmethod
    def _duplicate(data: bytes, at: int, fault: dict[str, int]) -> bytes:
        return data[: at + 1] + data[at:]


def end(line: socket.socket) -> None:
    """Nothing passes any more; the thread that waits at this socket wakes up and closes it."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def accepted(server: socket.socket) -> socket.socket | None:
    """The next host's connection; None once the port has been closed, which this does then."""
    try:
        client, _ = server.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        server.close()
        return None
    return client


class TcpLine:
    """Listens on host:port (0: any free one); serves one host at a time, a new one replaces the old."""

    def __init__(self, unit: Unit, host: str, port: int) -> None:
        self.unit, self.wire = unit, FaultyWire(unit)
        self._client: socket.socket | None = None
        self._server = socket.create_server((host, port))
        host, port = self._server.getsockname()[:2]
        self.port = f"socket://{host}:{port}"
        unit.send, unit.hang_up, unit.unplug = self.send, self.hang_up, self.close
        threading.Thread(target=self._accept, daemon=True).start()

    def send(self, data: bytes) -> None:
        if client := self._client:
            with contextlib.suppress(OSError):
                client.sendall(self.wire.passes(data, "<"))

    def hang_up(self) -> None:
        """What the host has said and nobody has heard yet is lost."""
        client, self._client = self._client, None
        if client:
            end(client)

    def close(self) -> None:
        end(self._server)
        self.hang_up()

    def _accept(self) -> None:
        before: threading.Thread | None = None
        while client := accepted(self._server):
            self.hang_up()
            if before:
                before.join()  # what the last host said is worked off before the next one is heard
            self._client = client
            if "cut" in self.unit.faults:
                self.hang_up()
            before = threading.Thread(target=self._serve, args=(client,), daemon=True)
            before.start()

    def _serve(self, client: socket.socket) -> None:
        self.unit.plugged(True)
        with contextlib.suppress(OSError):
            while (data := client.recv(65536)) and self._client is client:
                self.unit.receive(self.wire.passes(data, ">"))
        self._client = None
        client.close()
        self.unit.plugged(False)


class PtyLine:
    """A pseudo terminal. Its name is what a driver opens; a pulled cable is silence, as on RS-232."""

    def __init__(self, unit: Unit) -> None:
        self.unit, self.wire = unit, FaultyWire(unit)
        self._master, self._slave = os.openpty()  # the slave stays open here, so a closing host is no hang-up
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._writing, self._open = threading.Lock(), True
        unit.send, unit.unplug = self.send, self.close
        unit.plugged(True)
        threading.Thread(target=self._serve, daemon=True).start()

    def send(self, data: bytes) -> None:
        data = self.wire.passes(data, "<")
        with self._writing, contextlib.suppress(OSError):
            while data and self._open:
                data = data[os.write(self._master, data) :]

    def close(self) -> None:
        """The host has closed its end before; while somebody has the slave open, the master hears no end."""
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the slave was closed
            while data := os.read(self._master, 65536):
                self.unit.receive(self.wire.passes(data, ">"))
        with self._writing:
            self._open = False
            os.close(self._master)
