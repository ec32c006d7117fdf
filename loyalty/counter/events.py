"""Server-sent events: what happened, to every open screen, in order, with numbers by which a screen catches up."""

import json
import queue
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

HEARTBEAT_S = 5.0
KEPT = 500
BEHIND = 200
MOST_CLIENTS = 32
"""Half of the web server's threads: an open stream holds one, and the till's own calls need the rest."""


class TooManyClients(Exception):
    """All places for streams are taken; the screen asks /state every two seconds instead."""


class Hub:
    """Any thread may tell; each client has a queue of its own and never holds up the others."""

    def __init__(self, most_clients: int = MOST_CLIENTS) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, str, str]] = deque(maxlen=KEPT)
        self._clients: set[queue.Queue[tuple[int, str, str] | None]] = set()
        self._most, self._number, self._closed = most_clients, 0, False
        self._life = secrets.token_hex(3)  # numbers begin anew with each start of the program

    def tell(self, name: str, data: Any) -> None:
        """`data` is the whole of what `name` shows now, so that a screen may miss any but the last."""
        text = json.dumps(data, ensure_ascii=False)
        with self._lock:
            self._number += 1
            event = (self._number, name, text)
            self._kept.append(event)
            for client in list(self._clients):
                try:
                    client.put_nowait(event)
                except queue.Full:  # that screen is asleep; when it wakes it comes back with Last-Event-ID
                    self._clients.discard(client)

    def stream(self, names: frozenset[str], last_id: str | None, heartbeat_s: float = HEARTBEAT_S) -> Iterator[str]:
        """Text of a stream, for ever. TooManyClients at once, before any text, when no place is left.

        A client that names the last event it saw gets what it missed, or `resync` when that is no longer kept.
        """
        with self._lock:
            if len(self._clients) >= self._most:
                raise TooManyClients
            mine: queue.Queue[tuple[int, str, str] | None] = queue.Queue(BEHIND)
            for event in self._missed(last_id):
                mine.put_nowait(event)
            self._clients.add(mine)
            if self._closed:
                mine.put_nowait(None)
        reader = self._read(mine, names, heartbeat_s)
        next(reader)  # from here on its `finally` runs, even when the client is gone before the first word
        return reader

    def _missed(self, last_id: str | None) -> list[tuple[int, str, str]]:
        life, _, number = (last_id or "").partition("-")
        afresh = [(self._number, "resync", "{}")]
        if life != self._life or not number.isdigit():
            return afresh
        oldest = self._kept[0][0] if self._kept else self._number + 1
        missed = [event for event in self._kept if event[0] > int(number)]
        return afresh if int(number) < oldest - 1 or len(missed) >= BEHIND else missed

    def _read(
        self, mine: "queue.Queue[tuple[int, str, str] | None]", names: frozenset[str], heartbeat_s: float
    ) -> Iterator[str]:
        try:
            yield ""
            yield "retry: 1000\n\n"
            while True:
                try:
                    event = mine.get(timeout=heartbeat_s)
                except queue.Empty:
                    if mine not in self._clients:
                        return
                    yield ": still here\n\n"
                    continue
                if event is None:
                    return
                if event[1] in names or event[1] == "resync":
                    yield f"id: {self._life}-{event[0]}\nevent: {event[1]}\ndata: {event[2]}\n\n"
        finally:
            with self._lock:
                self._clients.discard(mine)

    def clients(self) -> int:
        with self._lock:
            return len(self._clients)

    def close(self) -> None:
        """End every stream, so that the web server can stop."""
        with self._lock:
            self._closed = True
            for client in self._clients:
                while client.full():
                    client.get_nowait()
                client.put_nowait(None)
