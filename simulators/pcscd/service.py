"""A stand-in for pcscd: a Unix socket on which unmodified clients of libpcsclite find a simulated reader.

Programs find it through the environment: PCSCLITE_CSOCK_NAME holds the socket's path before they first use PC/SC. It is
to run in a process of its own: a client in the same process may hold Python's lock while it waits for an answer.
"""

import atexit
import contextlib
import itertools
import os
import shutil
import socket
import struct
import tempfile
import threading

from loyalty.errors import ConfigError
from simulators.pcscd import messages as pm
from simulators.pcscd.client import Client, HungUp
from simulators.pcscd.desk import Desk, SimReader
from simulators.pcscd.messages import Result


class Service:
    """`reader` behind a socket at `path`, or in a new folder. While its fault says so, the service does not run.

    ConfigError when another service listens there.
    """

    def __init__(self, reader: SimReader, path: str | None = None) -> None:
        self.reader, self.desk = reader, Desk(reader)
        self.path = path or os.path.join(_new_folder(), "pcscd.comm")
        self.port, self.ready = f"pcsc:{reader.name}", {"socket": self.path}
        self._contexts = itertools.count(0x1000)
        self._clients: set[Client] = set()
        self._listener: socket.socket | None = None
        if _is_served(self.path):
            raise ConfigError(f"Another smart-card service listens on {self.path}: stop it or name another file.")
        with reader.changed:
            self._open()
        threading.Thread(target=self._follow, daemon=True).start()

    def new_context(self) -> int:
        return next(self._contexts)

    def cancel(self, context: int) -> None:
        """Ends the wait of the client that has this context."""
        for client in self._clients:
            if context in client.contexts:
                client.signal(Result.CANCELLED)

    def close(self) -> None:
        """Everybody is hung up on, and the socket disappears."""
        listener, self._listener = self._listener, None
        if listener:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            with contextlib.suppress(OSError):
                os.unlink(self.path)
        for client in list(self._clients):
            client.hang_up()

    def _open(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(16)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listener.accept()
                threading.Thread(target=self._serve, args=(Client(line, self, self.desk),), daemon=True).start()

    def _serve(self, client: Client) -> None:
        with self.reader.changed:
            self._clients.add(client)
            if not self._listener:  # stopped between answering the call and coming here
                client.hang_up()
        try:
            with contextlib.suppress(OSError, HungUp, struct.error):  # the last: a message of the wrong length
                client.serve()
        finally:
            with self.reader.changed:
                self._clients.discard(client)
                client.let_go()

    def _follow(self) -> None:
        """Tells waiting clients of every change, and stops or starts the service when its fault is set or cleared."""
        changed = self.reader.changed
        with changed:
            shown = self._shown()
            while True:
                changed.wait()
                if self.reader.service_stopped and self._listener:
                    self.close()
                elif not self.reader.service_stopped and not self._listener:
                    self._open()
                before, shown = shown, self._shown()
                if shown != before:
                    for client in self._clients:
                        client.signal(Result.OK)

    def _shown(self) -> bytes:
        state = self.desk.state()
        return pm.reader_states([state] if state else [])


def _new_folder() -> str:
    """Goes away with this process."""
    folder = tempfile.mkdtemp(prefix="loyalty-pcsc-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_served(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.connect(path)
        return True
    return False
