"""A receipt printer behind a device server: everything is taken at once and goes on at the pace of its serial line."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from loyalty.contract.paper import Cut, QrCode, Text
from loyalty.devices.interfaces import Health
from tests.devices.escpos_bench import Till, with_facts

BYTES_PER_S = 1_600
BAUD = 10 * BYTES_PER_S


class DeviceServer:
    """Takes one connection after the other; to the printer `BYTES_PER_S`, back as fast as it comes."""

    def __init__(self, printer: tuple[str, int]) -> None:
        self._printer = printer
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._door.getsockname()[1]}"
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            printer = socket.create_connection(self._printer)
            self._ends += [client, printer]
            threading.Thread(target=self._copy, args=(client, printer, BYTES_PER_S), daemon=True).start()
            threading.Thread(target=self._copy, args=(printer, client, None), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket, pace: int | None) -> None:
        try:
            while data := source.recv(65_536 if pace is None else pace // 20):
                sink.sendall(data)
                if pace:
                    time.sleep(len(data) / pace)
        except OSError:
            return

    def close(self) -> None:
        for each in (self._door, *self._ends):
            each.close()


@pytest.fixture
def till() -> Iterator[Till]:
    till = Till()
    host, port = till.ready["port"].removeprefix("socket://").split(":")
    server = DeviceServer((host, int(port)))
    till.printer.close()
    till.ready = {**till.ready, "port": server.port}
    till.profile = with_facts(till.profile, line={**till.profile["line"], "baudrate": BAUD}, answer_timeout_s=1.0)
    till.printer = till.connect()
    yield till
    server.close()
    till.close()


def test_the_first_question_waits_until_its_bytes_are_through(till: Till) -> None:
    assert till.printer.status().health is Health.READY
    till.printer.print((Text("Thank you"), QrCode("p_1"), Cut()))
    assert till.codes() == [("QRCode", "p_1")]
