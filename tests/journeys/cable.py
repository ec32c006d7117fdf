"""The network between counter and server: a cable that can be cut, and one on which answers get lost."""

import contextlib
import socket
import threading


class Cable:
    """Forwards TCP from `url` to the server. Cut it, mend it, or let it lose the answers while requests go through."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._plugged, self._open = threading.Event(), True
        self._plugged.set()
        self._loses_answers = False
        self.answers_lost = 0
        self._pairs: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing passes, open connections included."""
        self._plugged.clear()
        for end in list(self._pairs):
            _shut(end)

    def lose_answers(self) -> None:
        """Requests reach the server, what it says never comes back."""
        self._loses_answers = True

    def mend(self) -> None:
        self._loses_answers = False
        self._plugged.set()

    def close(self) -> None:
        self._open = False
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while self._open:
                near, _ = self._listener.accept()
                if not self._plugged.is_set():
                    _shut(near)
                    continue
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
        except OSError:
            _shut(near)
            return
        far.settimeout(None)
        self._pairs |= {near, far}
        threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()
        self._pump(near, far, False)

    def _pump(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if answers and self._loses_answers:
                    self.answers_lost += 1
                    break
                target.sendall(data)
        for end in (source, target):
            _shut(end)
            self._pairs.discard(end)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
