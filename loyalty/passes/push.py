"""Tells phones with an Apple pass that it changed: an empty message through Apple's push service, by HTTP/2.

Source: User Notifications and Wallet Passes reference (developer.apple.com): the certificate of the pass type proves
who sends, the pass type is the topic, the message is empty, 410 means that the phone is gone. Unverified against Apple.
"""

import json
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset

from loyalty.passes.certificates import Signer

HOST, PORT = "api.push.apple.com", 443
TIMEOUT_S = 15.0
GONE = 410
_REFUSED = 400
"""With this status some reasons are the phone's, too: its token is none any more."""


@dataclass(frozen=True)
class PushService:
    """Where Apple, or what stands in for it, listens. `authority`: PEM of who vouches for it; None: the machine's."""

    host: str = HOST
    port: int = PORT
    authority: Path | None = None


@dataclass(frozen=True)
class Pushed:
    """`status` of HTTP, 0 where nobody answered; `said`: the reason in Apple's word, "" when it was taken."""

    status: int
    said: str

    @property
    def gone(self) -> bool:
        return self.status == GONE or (self.status == _REFUSED and self.said == "BadDeviceToken")


class PushLine:
    """One connection for many messages, each answered before the next."""

    def __init__(self, line: ssl.SSLSocket, host: str, topic: str) -> None:
        self._line, self._host, self._topic = line, host, topic
        self._talk = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._talk.initiate_connection()
        self._flush()

    def tell(self, push_token: str) -> Pushed:
        """Says to one phone that something changed; OSError or ProtocolError when the line breaks."""
        stream = self._talk.get_next_available_stream_id()
        head = {":method": "POST", ":scheme": "https", ":authority": self._host, ":path": f"/3/device/{push_token}"}
        self._talk.send_headers(stream, [*head.items(), ("apns-topic", self._topic)])
        self._talk.send_data(stream, b"{}", end_stream=True)
        self._flush()
        return self._answer(stream)

    def _answer(self, stream: int) -> Pushed:
        status, body = 0, b""
        for event in self._events():
            if isinstance(event, ConnectionTerminated):
                raise ConnectionError("the push service closed the line")
            if getattr(event, "stream_id", None) != stream:
                continue
            if isinstance(event, ResponseReceived):
                status = int(dict(event.headers or ())[b":status"])
            elif isinstance(event, DataReceived):
                body += event.data or b""
                self._talk.acknowledge_received_data(event.flow_controlled_length or 0, stream)
            elif isinstance(event, StreamReset):
                raise ConnectionError("the push service broke off")
            elif isinstance(event, StreamEnded):
                return Pushed(status, "" if status == 200 else _reason(body))
        raise ConnectionError("the push service closed the line")

    def _events(self) -> Iterator[Event]:
        while data := self._line.recv(65_536):
            found = self._talk.receive_data(data)
            self._flush()
            yield from found
            self._flush()

    def _flush(self) -> None:
        if data := self._talk.data_to_send():
            self._line.sendall(data)


@contextmanager
def push_line(signer: Signer, service: PushService) -> Iterator[PushLine]:
    """A line to the service that shows the certificate of the pass type. OSError (SSLError is one) when none stands."""
    context = ssl.create_default_context(cafile=service.authority)
    context.set_alpn_protocols(["h2"])
    with TemporaryDirectory(prefix="loyalty-") as folder:  # the library reads certificates from files only
        chain, password = Path(folder) / "chain.pem", secrets.token_hex(16)
        chain.write_bytes(signer.chain(password))
        context.load_cert_chain(chain, password=password)
    with (
        socket.create_connection((service.host, service.port), TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=service.host) as line,
    ):
        if line.selected_alpn_protocol() != "h2":
            raise ConnectionError("the push service speaks no HTTP/2")
        yield PushLine(line, service.host, signer.pass_type)


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["reason"])[:100]
    except (ValueError, KeyError, TypeError):
        return "no reason given"
