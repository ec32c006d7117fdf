"""Which transport serves which port name."""

from collections.abc import Callable

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.transports.request_socket import RequestSocket
from loyalty.devices.transports.serial_port import SerialPort
from loyalty.devices.transports.tcp_socket import TcpSocket

Listener = Callable[[str, bytes], None]
"""Called with "host" or "device" (who spoke) and the bytes."""


def open_transport(port: str, profile: Profile, listener: Listener | None = None) -> Transport:
    """Open `port` (a tty, `socket://host:port`, `rfc2217://…`) with the line settings of `profile`.

    LinkLost with one sentence when it cannot be opened.
    """
    transport: Transport
    if port.startswith("socket://") and "tcp_requests" in profile.facts and profile["tcp_requests"]:
        transport = RequestSocket(port)
    elif port.startswith("socket://"):
        transport = TcpSocket(port)
    else:
        transport = SerialPort(port, profile["line"] if "line" in profile.facts else {})
    return Traced(transport, listener) if listener else transport


class Traced:
    """A transport that tells a listener everything that passes; for traces and the bench."""

    def __init__(self, inner: Transport, listener: Listener) -> None:
        self._inner, self._listener, self.url = inner, listener, inner.url

    def write(self, data: bytes) -> None:
        self._listener("host", data)
        self._inner.write(data)

    def read(self, timeout_s: float) -> bytes:
        data = self._inner.read(timeout_s)
        if data:
            self._listener("device", data)
        return data

    def close(self) -> None:
        self._inner.close()
