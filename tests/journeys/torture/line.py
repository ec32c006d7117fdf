"""The line between one counter and the server: one request at a time, and for each its fate.

pass | drop: the request is lost | lose: the answer is lost | half: the answer breaks off | twice: it comes twice
kill_counter_unsent: on the counter's disk, not sent | kill_counter_unheard: booked, the answer is not heard
kill_counter_told: killed as the answer arrives | kill_server_unheard: killed before | kill_server_busy: while it books
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

FATES = (
    "drop", "lose", "half", "twice", "kill_counter_unsent", "kill_counter_unheard", "kill_counter_told",
    "kill_server_unheard", "kill_server_busy",
)  # fmt: skip


Kill = Callable[[str], object]
"""Hears why."""


class Line:
    """Listens on `url`. `armed` is the fate of the next request that carries commands; others pass."""

    def __init__(self, server_port: int, kill_counter: Kill, kill_server: Kill) -> None:
        self._server_port, self._kill_counter, self._kill_server = server_port, kill_counter, kill_server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.plugged, self.armed, self.busy_s = True, "", 0.0
        self.suffered: list[str] = []
        """Fates that came true, in order."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            near.settimeout(20)
            request = _whole_request(near)
            if not self.plugged or not request:
                return
            fate = self._fate(request)
            if answer := self._suffer(fate, request):
                near.sendall(answer)
            if fate == "kill_counter_told":
                self._kill_counter(fate)

    def _fate(self, request: bytes) -> str:
        head, _, body = request.partition(b"\r\n\r\n")
        if not self.armed or b"/commands" not in head.split(b"\r\n")[0] or b'"id"' not in body:
            return "pass"
        fate, self.armed = self.armed, ""
        self.suffered.append(fate)
        return fate

    def _suffer(self, fate: str, request: bytes) -> bytes:
        """What comes back; nothing when the line breaks."""
        if fate == "drop":
            return b""
        if fate == "kill_counter_unsent":
            self._kill_counter(fate)
            return b""
        if fate == "kill_server_unheard":
            self._kill_server(fate)
            return b""
        if fate == "kill_server_busy":
            threading.Thread(target=lambda: (time.sleep(self.busy_s), self._kill_server(fate)), daemon=True).start()
        answer = self._asked(request)
        if fate == "twice":
            answer = self._asked(request)
        if fate == "kill_counter_unheard":
            self._kill_counter(fate)
        if fate in ("lose", "kill_counter_unheard"):
            return b""
        return answer[: len(answer) // 2] if fate == "half" else answer

    def _asked(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._server_port), timeout=20) as far:
            far.sendall(request)
            parts = []
            while data := far.recv(65536):
                parts.append(data)
            return b"".join(parts)


def _whole_request(near: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = near.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    size = int(sizes[0].split(b":")[1]) if sizes else 0
    while len(body) < size:
        more = near.recv(65536)
        if not more:
            return b""
        body += more
    return head + b"\r\n\r\n" + body
