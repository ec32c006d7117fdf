"""Which transport serves which port name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module

from loyalty.devices.interfaces import CardLink, Inserted, Port, Removed, ReportLink, Transport, one_way
from loyalty.devices.profiles import Profile
from loyalty.devices.transports.hid_socket import HidSocket
from loyalty.devices.transports.request_socket import RequestSocket
from loyalty.devices.transports.serial_port import SerialPort
from loyalty.devices.transports.spool_file import SpoolFile
from loyalty.devices.transports.stripe_trace import StripeTrace
from loyalty.devices.transports.tcp_socket import TcpSocket
from loyalty.errors import ConfigError

_NEED_NO_ANSWER = {"receipt_printer", "cash_drawer", "line_display"}
Listener = Callable[[str, bytes], None]
"""Called with "host" or "device" (who spoke) and the bytes."""


def open_transport(port: str, profile: Profile, listener: Listener | None = None) -> Port:
    """Open `port` (a tty, `socket://host:port`, `rfc2217://…`) with the line settings of `profile`.

    A port `pcsc:<reader name>` gives a CardLink, `hid:…` and `hid+unix://…` a ReportLink, every other one a Transport;
    `evdev:<name>` is a keyboard scanner, whose keys then reach nobody else; `spool:///path` a file or printer node that
    only takes.
    LinkLost with one sentence when it cannot be opened, ConfigError when a library for it is missing. What a listener
    hears of a stripe reader has no card number in it.
    """
    if listener and ("trace_hides" in profile.facts or profile.roles == ("magstripe",)):
        hidden_after = profile["trace_hides"] if "trace_hides" in profile.facts else []
        listener = StripeTrace(listener, [bytes.fromhex(command) for command in hidden_after])
    if port.startswith(("hid:", "hid+unix:")):
        reports = _open_report_link(port, profile)
        return TracedReports(reports, listener) if listener else reports
    if port.startswith("pcsc:"):
        link = _open_card_link(port)
        return TracedLink(link, listener) if listener else link
    transport: Transport
    if port.startswith("evdev:"):
        transport = _open_input_device(port)
    elif port.startswith("spool:"):
        transport = _open_spool(port, profile)
    elif port.startswith("socket://") and "tcp_requests" in profile.facts and profile["tcp_requests"]:
        transport = RequestSocket(port)
    elif port.startswith("socket://"):
        transport = TcpSocket(port)
    else:
        transport = SerialPort(port, profile["line"] if "line" in profile.facts else {})
    return Traced(transport, listener) if listener else transport


def _open_card_link(port: str) -> CardLink:
    """pyscard and the system's library are looked for only here: most shops have no such reader."""
    try:
        link: CardLink = import_module("loyalty.devices.transports.pcsc").PcscLink(port)
    except ImportError as error:
        raise ConfigError(
            f"The port {port} needs the extra [pcsc], which is not usable here ({error}): "
            "pip install 'loyalty[pcsc]', and on Linux apt install pcscd libpcsclite1."
        ) from error
    return link


def _open_spool(port: str, profile: Profile) -> Transport:
    """Only for what works without ever being heard."""
    if not set(profile.roles) <= _NEED_NO_ANSWER:
        raise ConfigError(
            f"The port {port} only takes bytes, and a {profile.name} has to answer; connect it by a serial port, "
            "socket://host:port or what its documentation names."
        )
    return SpoolFile(port)


def _open_input_device(port: str) -> Transport:
    """Only Linux has these."""
    try:
        transport: Transport = import_module("loyalty.devices.transports.evdev").EvdevDevice(port)
    except ImportError as error:
        raise ConfigError(f"The port {port} needs Linux; set the scanner to HID POS or serial instead.") from error
    return transport


def _open_report_link(port: str, profile: Profile) -> ReportLink:
    """hidapi is looked for only here: most shops have no such device."""
    if port.startswith("hid+unix:"):
        return HidSocket(port)
    try:
        module = import_module("loyalty.devices.transports.hid")
    except ImportError as error:
        raise ConfigError(
            f"The port {port} needs the extra [hid], which is not usable here ({error}): pip install 'loyalty[hid]'."
        ) from error
    link: ReportLink = module.HidDevice(port, profile["report_id"] if "report_id" in profile.facts else 0)
    return link


class Traced:
    """A transport that tells a listener everything that passes; for traces and the bench."""

    def __init__(self, inner: Transport, listener: Listener) -> None:
        self._inner, self._listener, self.url = inner, listener, inner.url
        self.one_way = one_way(inner)

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


class TracedReports(Traced):
    """The same for a HID device; its feature report is part of the conversation."""

    def __init__(self, inner: ReportLink, listener: Listener) -> None:
        super().__init__(inner, listener)
        self._reports = inner

    def set_feature(self, data: bytes) -> None:
        self._listener("host", data)
        self._reports.set_feature(data)

    def get_feature(self, size: int) -> bytes:
        data = self._reports.get_feature(size)
        self._listener("device", data)
        return data


class TracedLink:
    """The same for a card in a PC/SC reader; an insertion shows as the answer to reset."""

    def __init__(self, inner: CardLink, listener: Listener) -> None:
        self._inner, self._listener, self.url = inner, listener, inner.url

    def watch(self, timeout_s: float) -> Inserted | Removed | None:
        change = self._inner.watch(timeout_s)
        if isinstance(change, Inserted):
            self._listener("device", change.atr)
        return change

    def exchange(self, command: bytes, timeout_s: float) -> bytes:
        return self._told(self._inner.exchange, command, timeout_s)

    def control(self, command: bytes, timeout_s: float) -> bytes:
        return self._told(self._inner.control, command, timeout_s)

    def alone(self, timeout_s: float) -> AbstractContextManager[None]:
        return self._inner.alone(timeout_s)

    def in_use(self) -> bool:
        return self._inner.in_use()

    def close(self) -> None:
        self._inner.close()

    def _told(self, ask: Callable[[bytes, float], bytes], command: bytes, timeout_s: float) -> bytes:
        self._listener("host", command)
        answer = ask(command, timeout_s)
        self._listener("device", answer)
        return answer
