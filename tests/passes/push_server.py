"""What stands in for Apple's push service: HTTP/2 over TLS on this machine, for whoever shows the right certificate."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded


@dataclass
class PushServer:
    """`heard`: path, topic and body of every message. Tokens in `gone` are answered 410."""

    port: int
    gone: set[str] = field(default_factory=set)
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)

    def answer(self, line: ssl.SSLSocket) -> None:
        talk, open_ones = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8")), {}
        talk.initiate_connection()
        line.sendall(talk.data_to_send())
        while data := line.recv(65_536):
            for event in talk.receive_data(data):
                if isinstance(event, RequestReceived):
                    open_ones[event.stream_id] = (dict(event.headers), b"")
                elif isinstance(event, DataReceived):
                    head, body = open_ones[event.stream_id]
                    open_ones[event.stream_id] = (head, body + event.data)
                elif isinstance(event, StreamEnded):
                    self._say(talk, event.stream_id, *open_ones.pop(event.stream_id))
            line.sendall(talk.data_to_send())

    def _say(self, talk: H2Connection, stream: int, head: dict[str, str], body: bytes) -> None:
        self.heard.append((head[":path"], head["apns-topic"], body))
        if head[":path"].rpartition("/")[2] in self.gone:
            talk.send_headers(stream, [(":status", "410")])
            talk.send_data(stream, json.dumps({"reason": "Unregistered"}).encode(), end_stream=True)
        else:
            talk.send_headers(stream, [(":status", "200")], end_stream=True)


@contextmanager
def push_server(door: Path, above: Path) -> Iterator[PushServer]:
    """`door`: its own certificate and key; `above`: who must have issued that of the caller."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(door)
    context.load_verify_locations(above)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = PushServer(listening.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listening, context, server), daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(30)


def _serve(listening: socket.socket, context: ssl.SSLContext, server: PushServer) -> None:
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return  # closed by the test
        try:
            with plain, context.wrap_socket(plain, server_side=True) as line:
                server.answer(line)
        except OSError:
            continue  # somebody without a certificate
