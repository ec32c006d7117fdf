"""`python -m simulators.replay FILE …`: a trace answers on a port; prints one JSON line when it is ready."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from loyalty.devices.profiles import read_profile
from loyalty.errors import ConfigError
from simulators.announce import announced
from simulators.control import serve_control
from simulators.line import PtyLine, TcpLine
from simulators.replay.player import Player
from simulators.replay.script import TraceUnreadable, read_script


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def start(file: Path, *, tcp: str | None, speed: str, control: str = "127.0.0.1:0", told: Any = _say) -> Any:
    """(player, {"profile", "port", "control"}, control server). TraceUnreadable or ConfigError in one sentence."""
    script = read_script(file)
    profile = read_profile(script.profile)
    if profile.driver == "pcsc":
        raise ConfigError(
            "A trace of a PC/SC reader has no line to be replayed on; use `loyalty simulate` and its cards."
        )
    if script.port.startswith("socket:") and "tcp_requests" in profile.facts and profile["tcp_requests"]:
        raise ConfigError("This device opens a connection for each request; record it on a serial line to replay it.")
    player = Player(profile, script, speed, told)
    line: Any = TcpLine(player, *_address(tcp)) if tcp else PtyLine(player)
    server = serve_control(player, *_address(control))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address[:2]
    return player, {"profile": profile.name, "port": line.port, "control": f"http://{host!s}:{port}"}, server


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="replay", description=__doc__)
    parser.add_argument("file", type=Path, help="written by `loyalty devices trace --out` or by the bench")
    parser.add_argument("--tcp", metavar="H:P", help="listen for the driver on this address; port 0 takes a free one")
    parser.add_argument("--pty", action="store_true", help="offer a pseudo terminal (the default)")
    parser.add_argument("--control", metavar="H:P", default="127.0.0.1:0")
    parser.add_argument("--speed", choices=("real", "fast"), default="real", help="real: with the pauses of the trace")
    options = parser.parse_args(argv)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        _, ready, _ = start(options.file, tcp=options.tcp, speed=options.speed, control=options.control)
    except (TraceUnreadable, ConfigError, ValueError, OSError) as error:
        _say(str(error))
        return 2
    with announced(ready):
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
