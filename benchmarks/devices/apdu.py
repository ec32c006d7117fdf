"""One command to a card and its answer: our way through pyscard, beside bare calls of libpcsclite.

Both speak with the same simulated reader behind the stand-in for pcscd, in turns, in one process.
"""

import ctypes
import ctypes.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from statistics import median
from typing import Any

from smartcard import scard

from benchmarks.devices.table import Figure
from loyalty.devices.interfaces import CardLink
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport

COMMAND = bytes.fromhex("FFCA000000")
MOST = 2.0
_SHARED, _ANY, _T1, _LEAVE = 2, 3, 2, 0


class BareCard:
    """SCardTransmit and nothing else."""

    class Header(ctypes.Structure):
        _fields_ = [("protocol", ctypes.c_ulong), ("length", ctypes.c_ulong)]

    def __init__(self, reader: str) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("pcsclite") or "libpcsclite.so.1")
        self._context, self._card = ctypes.c_long(), ctypes.c_long()
        protocol = ctypes.c_ulong()
        self._good(self._library.SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(self._context)))
        self._good(self._library.SCardConnect(self._context, reader.encode(), ctypes.c_ulong(_SHARED),
                   ctypes.c_ulong(_ANY), ctypes.byref(self._card), ctypes.byref(protocol)))  # fmt: skip
        self._header = self.Header(protocol.value, ctypes.sizeof(self.Header))
        self._answer = ctypes.create_string_buffer(258)

    def exchange(self) -> bytes:
        length = ctypes.c_ulong(258)
        self._good(self._library.SCardTransmit(self._card, ctypes.byref(self._header), COMMAND,
                   ctypes.c_ulong(len(COMMAND)), None, self._answer, ctypes.byref(length)))  # fmt: skip
        return self._answer.raw[: length.value]

    def close(self) -> None:
        self._library.SCardDisconnect(self._card, ctypes.c_ulong(_LEAVE))
        self._library.SCardReleaseContext(self._context)

    @staticmethod
    def _good(result: int) -> None:
        if result & 0xFFFFFFFF:
            raise OSError(f"PC/SC says {result & 0xFFFFFFFF:08X}")


def round_trips(rounds: int, each: int = 50) -> list[Figure]:
    simulator = subprocess.Popen([sys.executable, "-m", "simulators", "acr122u", "--speed", "fast"],
                                 stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert simulator.stdout is not None
    try:
        ready = json.loads(simulator.stdout.readline())
        os.environ["PCSCLITE_CSOCK_NAME"] = ready["socket"]
        _tap(ready["control"])
        return _measured(ready["port"], rounds, each)
    finally:
        simulator.terminate()
        simulator.wait()


def _measured(port: str, rounds: int, each: int) -> list[Figure]:
    link: Any = open_transport(port, read_profile("acr122u"))
    _insist_inserted(link)
    bare = BareCard(port.removeprefix("pcsc:"))
    ours: Callable[[], bytes] = lambda: link.exchange(COMMAND, 3.0)  # noqa: E731
    assert ours() == bare.exchange()
    library = pyscard(port.removeprefix("pcsc:"))
    taken: dict[str, list[float]] = {"ours": [], "pyscard": [], "bare": []}
    for _ in range(rounds):
        for name, deed in (("ours", ours), ("pyscard", library), ("bare", bare.exchange)):
            begun = time.perf_counter()
            for _ in range(each):
                deed()
            taken[name].append((time.perf_counter() - begun) / each)
    bare.close()
    link.close()
    mine, theirs, floor = (median(taken[name]) for name in ("ours", "pyscard", "bare"))
    return [
        Figure(f"APDU through pyscard (bare {floor * 1e6:.0f} us)", theirs * 1e6, "us", theirs / floor, MOST),
        Figure("APDU through our link, with its watchdog", mine * 1e6, "us", mine / floor, None),
    ]


def pyscard(reader: str) -> Callable[[], bytes]:
    """SCardTransmit of pyscard, as our link calls it."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _, card, protocol = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    return lambda: bytes(scard.SCardTransmit(card, protocol, list(COMMAND))[1])


def _insist_inserted(link: CardLink) -> None:
    while link.watch(1.0) is None:
        pass


def _tap(control: str) -> None:
    card = json.dumps({"card": {"kind": "classic1k", "uid": "04A1B2C3"}}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{control}/card", card, method="POST"), timeout=10).close()
