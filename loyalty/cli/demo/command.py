"""`loyalty demo`: starts everything, says where it is, keeps it running, ends all of it on Ctrl-C."""

import signal
import threading
import webbrowser
from pathlib import Path

import click

from loyalty.cli.demo.shop import Shop


@click.command(epilog="Example: loyalty demo --no-browser --port 8000")
@click.option("--port", default=8000, show_default=True, help="Port of the server on 127.0.0.1.")
@click.option("--counter-port", default=8100, show_default=True, help="Port of the counter program on 127.0.0.1.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where data is kept [default: deleted at the end].")
@click.option("--keep", is_flag=True, help="Do not delete the data at the end.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--ready-file", type=click.Path(path_type=Path),
              help="Receives addresses and log-ins (JSON) once all is up.")
@click.option("--real", is_flag=True, help="Simulated devices take as long as real ones do.")
def demo(port: int, counter_port: int, data_dir: Path | None, keep: bool, no_browser: bool,
         ready_file: Path | None, real: bool) -> None:  # fmt: skip
    """Server, counter and simulated devices with a year of real purchases."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    shop = Shop(port, counter_port, data_dir, keep, ready_file, "real" if real else "fast", stopped.is_set)
    try:
        if shop.open():
            click.echo(shop.welcome())
            if not no_browser:
                webbrowser.open(shop.counter_url)
            while not stopped.wait(0.2):
                shop.family.watch(shop.changed)
    finally:
        shop.close()
