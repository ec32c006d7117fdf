"""HID reports over a Unix socket, hid+unix:///path: where a simulator takes the place of a USB device.

A packet (SOCK_SEQPACKET, so that the kernel keeps reports apart) is one letter and a report: I from the device, O to
it, F sets its feature report, G asks for it and A is the answer.
"""

import contextlib
import socket
import time
from collections import deque
from urllib.parse import urlsplit

from loyalty.errors import LinkLost, NoAnswer

LONGEST_REPORT = 65536
CONNECT_S, FEATURE_S = 5.0, 5.0


class HidSocket:
    """loyalty.devices.interfaces.ReportLink."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._reports: deque[bytes] = deque()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._socket.settimeout(CONNECT_S)
            self._socket.connect(urlsplit(url).path)
        except OSError as error:
            self._socket.close()
            raise LinkLost(f"The port {url} cannot be opened: {error}.") from error

    def write(self, data: bytes) -> None:
        self._send(b"O" + data)

    def read(self, timeout_s: float) -> bytes:
        if self._reports:
            return self._reports.popleft()
        packet = self._receive(timeout_s)
        return packet[1:] if packet[:1] == b"I" else b""

    def set_feature(self, data: bytes) -> None:
        self._send(b"F" + data)

    def get_feature(self, size: int) -> bytes:
        self._send(b"G")
        deadline = time.monotonic() + FEATURE_S
        while (left := deadline - time.monotonic()) > 0:
            packet = self._receive(left)
            if packet[:1] == b"A":
                return packet[1 : 1 + size]
            if packet[:1] == b"I":
                self._reports.append(packet[1:])
        raise NoAnswer(f"The HID device {self.url} did not give its feature report.")

    def close(self) -> None:
        with contextlib.suppress(OSError):  # gone already is what was asked for
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that is reading
        self._socket.close()

    def _send(self, packet: bytes) -> None:
        try:
            self._socket.settimeout(CONNECT_S)
            self._socket.sendall(packet)
        except OSError as error:
            raise LinkLost(f"The device at {self.url} broke off while being written to: {error}.") from error

    def _receive(self, timeout_s: float) -> bytes:
        try:
            self._socket.settimeout(max(timeout_s, 0.0))
            packet = self._socket.recv(LONGEST_REPORT)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise LinkLost(f"The device at {self.url} broke off: {error}.") from error
        if not packet:
            raise LinkLost(f"The device at {self.url} was unplugged.")
        return packet
