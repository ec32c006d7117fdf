"""Several connections to one simulated Evolis printer: whichever of them is slow, each keeps to its own."""

import contextlib
import socket
import time

import pytest

from loyalty.devices.wire.evolis.job import FIRST, LAST
from loyalty.devices.wire.evolis.messages import Command, Message, encode
from tests.simulators.evolis_stranger import Stranger


class Connection:
    """One request, said piece by piece."""

    def __init__(self, printer: Stranger) -> None:
        self._line = socket.create_connection(printer.address, 20)

    def say(self, *messages: Message) -> None:
        self._line.sendall(b"".join(encode(message) for message in messages) + b"\0")

    def hear(self, size: int) -> bytes:
        answer = b""
        while len(answer) < size and (piece := self._line.recv(size - len(answer))):
            answer += piece
        return answer

    def end(self) -> bytes:
        """No more is said; what else is heard until the printer closes."""
        self._line.shutdown(socket.SHUT_WR)
        return self.hear(4096)

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def printer():
    printer = Stranger()
    yield printer
    printer.close()


@pytest.fixture
def connect(printer):
    with contextlib.ExitStack() as open_lines:
        yield lambda: open_lines.enter_context(contextlib.closing(Connection(printer)))


def test_a_request_that_ends_late_does_not_end_the_job_of_the_next(printer, connect):
    printer.command("Pcim;F")
    early, job = connect(), connect()
    early.say(Command("Rtp"))
    assert early.hear(17) == b"Evolis Primacy 2\0"
    job.say(FIRST)
    while not printer.unit.panel.job:
        time.sleep(0.001)
    assert early.end() == b""
    job.say(Command("Ss"), Command("Pmc", ("h",)), LAST, Command("Rfv"))
    assert job.end() == b"1923\0"  # within a job nothing is answered


def test_a_wait_that_was_asked_for_before_scs_does_not_begin_after_it(printer, connect):
    printer.command("Pcim;C")
    waiting = connect()
    assert printer.command("Scs") == "OK"
    waiting.say(Command("Si"))
    assert waiting.end() == b"ERROR\0"
    assert not printer.unit.works.waiting


def test_who_asks_for_a_restart_has_the_answer_before_the_printer_is_gone(printer, connect):
    host = connect()
    host.say(Command("Srs"))
    assert host.hear(3) == b"OK\0"
    assert not printer.unit.dead
    assert host.end() == b""
