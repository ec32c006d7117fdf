"""Runs the counter until it is told to stop."""

import logging
import signal
import threading
from collections.abc import Callable

from loyalty.clock import Clock, system_clock
from loyalty.counter.parts import put_together
from loyalty.counter.screens.app import WebServer
from loyalty.counter.settings import CounterSettings


def run(settings: CounterSettings, ready: Callable[[str], None], clock: Clock = system_clock) -> None:
    """Serve the screens and the devices until SIGTERM or SIGINT; `ready` hears the address once both run.

    PortInUse, DiskTrouble or ConfigError before anything is started.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stopped = threading.Event()
    parts = put_together(settings, clock)
    try:
        web = WebServer(parts)
    except BaseException:
        parts.store.close()
        raise
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    parts.start()
    web.start()
    try:
        ready(web.url)
        stopped.wait()
    finally:
        parts.stop()
        web.stop()
