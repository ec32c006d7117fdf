"""The way out: one POST to one address that was looked at first, no redirects, little patience.

Who may set an endpoint could otherwise let this machine ask others behind the shop's wall: the name is resolved once,
every address it has must be a public one, and the connection goes to the very address that was looked at.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from loyalty.errors import Invalid

TIMEOUT_S = 15.0
LONGEST_URL = 2_000
GONE = 410


@dataclass(frozen=True)
class Answered:
    """`status` of HTTP, 0 where nobody answered; `said` in a few words for whoever looks for the fault."""

    status: int
    said: str

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300


def checked_url(url: str, inside: bool) -> str:
    """`url` as it may be kept. Invalid in one sentence. `inside`: the shop's own network is allowed, and plain http."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("it is no address; write https://shop.example/hook") from None
    if len(url) > LONGEST_URL or not url.isascii() or any(sign <= " " for sign in url):
        raise _wrong(f"it has to be ASCII without spaces, at most {LONGEST_URL:,} characters")
    if parts.scheme not in (("https", "http") if inside else ("https",)) or not parts.hostname or port == 0:
        raise _wrong("it has to begin with https://; plain http needs webhooks_inside = true in loyalty.toml")
    if parts.username is not None or parts.fragment:
        raise _wrong("a user, a password or a # have no place in it; the signature proves who sends")
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return url
    if not _allowed(str(address), inside):
        raise _wrong(_inside_words(parts.hostname))
    return url


def post(url: str, body: bytes, headers: Mapping[str, str], inside: bool, timeout_s: float = TIMEOUT_S) -> Answered:
    """Sends it once. Never raises for what can happen on a line."""
    parts = urlsplit(url)
    try:
        address = _looked_up(parts, inside)
        connection = _connection(parts, address, timeout_s)
        try:
            connection.request("POST", _target(parts), body, {**headers, "Host": parts.netloc})
            answer = connection.getresponse()
            return Answered(answer.status, f"{answer.status} {answer.reason}"[:200])
        finally:
            connection.close()
    except Invalid as refused:
        return Answered(0, str(refused))
    except (OSError, HTTPException) as fault:
        return Answered(0, f"No answer: {fault or type(fault).__name__}"[:200])


def _looked_up(parts: SplitResult, inside: bool) -> str:
    """The address to connect to; Invalid when one of the name's addresses is not allowed."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not all(_allowed(address, inside) for address in addresses):
        raise _wrong(_inside_words(parts.hostname or ""))
    return addresses[0]


def _allowed(address: str, inside: bool) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return inside
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
        return False  # nobody's endpoint; clouds answer for their machines' keys at a link-local address
    return ip.is_global or (inside and ip.is_private)


def _connection(parts: SplitResult, address: str, timeout_s: float) -> HTTPConnection:
    if parts.scheme == "http":
        return HTTPConnection(address, parts.port or 80, timeout=timeout_s)
    return _Pinned(parts.hostname or "", address, parts.port or 443, timeout_s)


class _Pinned(HTTPSConnection):
    """TLS with `name`, whose certificate must be good, on a connection to `address`."""

    def __init__(self, name: str, address: str, port: int, timeout_s: float) -> None:
        super().__init__(name, port, timeout=timeout_s)
        self._address, self._tls = address, ssl.create_default_context()

    def connect(self) -> None:
        line = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(line, server_hostname=self.host)
        except BaseException:
            line.close()
            raise


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _inside_words(host: str) -> str:
    return (
        f"{host} lies in a network that is not public; for one of the shop's own set webhooks_inside = true in"
        " loyalty.toml"
    )


def _wrong(why: str) -> Invalid:
    return Invalid(f"The address of an endpoint cannot be used: {why}.", pointer="/url")
