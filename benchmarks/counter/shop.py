"""A server with many members, a counter that knows almost all of them, a scanner: each a program, as in a shop."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.request import urlopen

from benchmarks.web.shop import build
from loyalty.contract.outcomes import MemberView, WalletView
from loyalty.counter.settings import read_settings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import Store
from loyalty.db.session import write
from loyalty.web.api.keys import create_key
from simulators.__main__ import start as start_simulator

STRANGERS = 1_000
"""Members at the server whom this counter never saw: the last ones."""
SETTLING_S = 30.0
"""As in a shop that opened a while ago: the counter has read its names."""
_AT_ONCE = 2_000
_LOYALTY = [sys.executable, "-c", "from loyalty.cli.main import main; main()"]


@dataclass(frozen=True)
class Place:
    """`stop_server` pulls the plug; `scanner` is the control address of the simulated scanner."""

    url: str
    scanner: str
    members: int
    stop_server: Callable[[], object]


@contextmanager
def opened(folder: Path, members: int) -> Iterator[Place]:
    """All running. Member number 100,000,000 + place, as benchmarks.web.shop makes them."""
    engine = build(folder, members)
    with write(engine) as session:
        key = create_key(session, ["counter"], datetime.now(UTC), name="till").key
    engine.dispose()
    server_at, counter_at = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
    _, ready, scanner = start_simulator("serial-scanner", tcp="127.0.0.1:0")
    settings = folder / "counter.toml"
    settings.write_text(
        f'[counter]\nid = "till-1"\ndata_dir = "till"\nserver = "http://{server_at}"\nbind = "{counter_at}"\n'
        f'api_key = "{key}"\n[[counter.devices]]\nid = "scanner"\nrole = "scanner"\nprofile = "serial-scanner"\n'
        f'port = "{ready["port"]}"\ncontrol = "{ready["control"]}"\n',
        "utf-8",
    )
    remember(settings, members - STRANGERS)
    subprocess.run([*_LOYALTY, "nightly", "--data-dir", str(folder)], check=True, stdout=subprocess.DEVNULL)
    with (folder / "programs.log").open("wb") as log:
        server = subprocess.Popen(
            [*_LOYALTY, "serve", "--bind", server_at, "--data-dir", str(folder)], stdout=log, stderr=log
        )
        counter = subprocess.Popen([*_LOYALTY, "counter", "--config", str(settings)], stdout=log, stderr=log)
    try:
        _answers(f"http://{server_at}/readyz")
        _answers(f"http://{counter_at}/state")
        os.sync()  # what was built is not still being written while scans are timed
        time.sleep(SETTLING_S)
        yield Place(f"http://{counter_at}", ready["control"], members, server.kill)
    finally:
        for program in (counter, server):
            program.terminate()
            program.wait(15)
        scanner.close()


def remember(settings: Path, members: int) -> None:
    """The counter's own disk, as after it has fetched so many members."""
    told = read_settings(settings, {}, {})
    store = Store(told.data_dir, (told.key_file,))
    snapshots, now = Snapshots(store), datetime.now(UTC)
    for first in range(0, members, _AT_ONCE):
        snapshots.keep_all([_view(place, now) for place in range(first, min(first + _AT_ONCE, members))], now)
    store.close()


def _view(place: int, now: datetime) -> MemberView:
    number, name = f"{100_000_000 + place}", f"陳 嘉欣 {place % 9973}"
    return MemberView(
        id=f"mem_{place:026}", number=number, name=name, masked_name=f"陳＊ {place % 9973}", language="en", tier=None,
        wallets={"points": WalletView(Decimal(place % 5000))}, cards=(f"barcode:{number}",), as_of=now,
    )  # fmt: skip


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(address: str) -> None:
    for _ in range(600):
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")
