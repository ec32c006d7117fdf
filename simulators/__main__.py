"""`python -m simulators PROFILE …`: one simulated device; prints one JSON line when it is ready."""

import argparse
import json
import signal
import sys
import threading
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from loyalty.devices.profiles import Profile, read_profile
from loyalty.errors import ConfigError
from simulators.announce import announced
from simulators.card import SimCard
from simulators.control import serve_control
from simulators.line import PtyLine, TcpLine
from simulators.unit import Unit

# A profile's driver names the command language; the simulator of that language lies in the module of the same name.


def build_unit(profile: Profile, speed: str) -> Unit:
    """The simulated device for this profile; ConfigError when its language has no simulator."""
    for point in entry_points(group="loyalty.simulators"):  # other packages' drivers may bring theirs
        if point.name == profile.driver:
            theirs: Unit = point.load().build(profile, speed)
            return theirs
    try:
        unit: Unit = import_module(f"simulators.{profile.driver}").build(profile, speed)
    except ModuleNotFoundError as error:
        if error.name != f"simulators.{profile.driver}":
            raise
        raise ConfigError(f"There is no simulator for {profile.name} (language {profile.driver}).") from error
    return unit


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    parser.add_argument("profile", help="name of a firmware profile, such as star-tcp300ii")
    parser.add_argument("--tcp", metavar="H:P", help="listen for the driver on this address; port 0 takes a free one")
    parser.add_argument("--pty", action="store_true", help="offer a pseudo terminal (the default)")
    parser.add_argument("--vpcd", metavar="H:P", help="card readers: be the card in a running pcscd's virtual reader")
    parser.add_argument("--socket", metavar="FILE", help="card readers: where to stand in for pcscd; HID: for reports")
    parser.add_argument("--control", metavar="H:P", default="127.0.0.1:0", help="address of the control interface")
    parser.add_argument("--card", metavar="FILE", help="a card (JSON) that lies in the device from the start")
    parser.add_argument("--speed", choices=("real", "fast"), default="real")
    return parser.parse_args(argv)


def _plug_in(unit: Unit, tcp: str | None, vpcd: str | None, socket: str | None) -> Any:
    """The device's end of the wire; ConfigError for one that it does not have."""
    name, behind_service = unit.profile.name, hasattr(unit, "service_line")
    if hid_line := getattr(unit, "hid_line", None):
        if tcp or vpcd:
            raise ConfigError(f"{name} is a USB HID device: leave --tcp and --vpcd out; --socket names a file for it.")
        return hid_line(unit, socket)
    if (vpcd or socket) and not behind_service:
        raise ConfigError(f"{name} is no PC/SC reader: --vpcd and --socket are for those; it takes --tcp or --pty.")
    if tcp and behind_service:
        raise ConfigError(f"{name} is reached through PC/SC: leave --tcp out, or use --vpcd with a running pcscd.")
    if behind_service:
        return unit.vpcd_line(unit, *_address(vpcd)) if vpcd else unit.service_line(unit, socket)  # type: ignore[attr-defined]
    if not tcp:
        return PtyLine(unit)
    listen = getattr(unit, "tcp_line", TcpLine)  # some devices have their own way with TCP
    return listen(unit, *_address(tcp))


def start(
    profile_name: str, *, tcp: str | None = None, speed: str = "fast", control: str = "127.0.0.1:0",
    vpcd: str | None = None, socket: str | None = None,
) -> Any:  # fmt: skip
    """A running device in this process: (unit, {"profile", "port", "control"}, control server). For tests and main.

    A reader behind a stand-in for pcscd also says "socket": the path for PCSCLITE_CSOCK_NAME.
    """
    unit = build_unit(read_profile(profile_name), speed)
    line = _plug_in(unit, tcp, vpcd, socket)
    server = serve_control(unit, *_address(control))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address[:2]
    ready = {"profile": profile_name, "port": line.port, "control": f"http://{host!s}:{port}"}
    return unit, ready | getattr(line, "ready", {}), server


def main(argv: list[str] | None = None) -> int:
    options = _arguments(argv)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        unit, ready, _ = start(
            options.profile, tcp=options.tcp, speed=options.speed, control=options.control, vpcd=options.vpcd,
            socket=options.socket,
        )  # fmt: skip
        if options.card:
            with open(options.card, encoding="utf-8") as file:
                unit.put_card(SimCard.from_json(json.load(file)))
    except (ConfigError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    with announced(ready):
        print(json.dumps(ready), flush=True)
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
