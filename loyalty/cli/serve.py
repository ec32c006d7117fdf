"""`loyalty serve`: the central server, one process with SQLite, several with PostgreSQL."""

import gc
import logging
import os
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from wsgiref.types import WSGIApplication

import click
from sqlalchemy import Engine
from waitress.server import create_server  # type: ignore[import-untyped]

from loyalty.cli.database import config_option, data_dir_option, database_option, settings
from loyalty.cli.server_work import working_by_itself
from loyalty.clock import system_clock
from loyalty.config import Config
from loyalty.db.session import open_engine
from loyalty.db.single import InstanceLock
from loyalty.db.upgrade import upgrade
from loyalty.errors import ConfigError, LoyaltyError
from loyalty.web.api.keys import open_console
from loyalty.web.app import create_app
from loyalty.web.first_run import fresh_code, with_shop_settings

EPILOG = "Example: loyalty serve --bind 127.0.0.1:8000"


@click.command(epilog=EPILOG)
@config_option
@click.option("--bind", help="HOST:PORT to listen on; default 127.0.0.1:8000.")
@click.option("--workers", type=int, help="Processes; more than one needs PostgreSQL.")
@data_dir_option
@database_option
def serve(
    config_file: Path | None, bind: str | None, workers: int | None, data_dir: Path | None, database: str | None
) -> None:
    """The central server: ledger, back office and HTTP API. Ctrl-C or SIGTERM ends it after the calls in hand."""
    config = settings(config_file, bind=bind, workers=workers, data_dir=data_dir, database=database)
    if config.workers > 1 and config.uses_sqlite:
        raise ConfigError(
            f"{config.workers} workers need PostgreSQL: SQLite has one writer. Set LOYALTY_DATABASE to a"
            " postgresql:// URL or start one worker."
        )
    os.umask(0o077)  # mails, exports, uploads: whatever it writes holds members and is for its own user only
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns for every call that waits a moment
    with ExitStack() as open_things:
        lock = open_things.enter_context(InstanceLock(config.data_dir)) if config.uses_sqlite else None
        engine = open_engine(config.database_url)
        open_things.callback(engine.dispose)
        upgrade(engine)
        config, code = with_shop_settings(config, engine), fresh_code(engine, system_clock())
        listener = open_things.enter_context(_listen(config))
        url = _url(config, listener)
        signal.signal(signal.SIGTERM, _leave)
        if config.workers > 1:
            engine.dispose()
            _serve_in_processes(config, listener, url, code)
            return
        app = create_app(config, engine=engine)
        if lock is not None:
            lock.note(url=url, key=open_console(app))
        open_things.enter_context(working_by_itself(engine, config))
        _say_ready(config, url, code)
        _run(app, listener, config)


def _run(app: WSGIApplication, listener: socket.socket, config: Config) -> None:
    """Serves until SystemExit or KeyboardInterrupt; calls in hand get five seconds to finish."""
    server = create_server(
        app,
        sockets=[listener],
        threads=config.threads,
        ident="loyalty",
        channel_timeout=60,
        clear_untrusted_proxy_headers=True,
    )
    gc.freeze()  # what is loaded stays: looking through it for garbage, Python would let all tills wait for it
    server.run()


def _listen(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise LoyaltyError(
            f"The address {config.bind} cannot be used ({error.strerror}); stop the program that has it or"
            " choose another with --bind."
        ) from error
    return listener


def _url(config: Config, listener: socket.socket) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _say_ready(config: Config, url: str, code: str | None) -> None:
    kind = f"SQLite in {config.data_dir}" if config.uses_sqlite else "PostgreSQL"
    click.echo(f"loyalty serve: ready at {url} ({kind}, pid {os.getpid()})")
    if code:
        click.echo(f"Nobody can log in yet. Open {url}/setup and type this code, once: {code}")


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _serve_in_processes(config: Config, listener: socket.socket, url: str, code: str | None) -> None:
    """Children share the listening socket; one that dies is replaced, all end with the parent."""
    if not hasattr(os, "fork"):
        raise ConfigError("Several workers need fork, which this system lacks; start one worker for each port.")
    children = {_fork(config, listener) for _ in range(config.workers)}
    engine = open_engine(config.database_url)  # after the forks: connections are not shared
    try:
        with working_by_itself(engine, config):
            _say_ready(config, url, code)
            while children:
                pid, _status = os.wait()
                children.discard(pid)
                children.add(_fork(config, listener))
    finally:
        engine.dispose()
        for pid in children:
            os.kill(pid, signal.SIGTERM)
        for pid in children:
            os.waitpid(pid, 0)


def _fork(config: Config, listener: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        engine: Engine = open_engine(config.database_url)
        _run(create_app(config, engine=engine), listener, config)
    except SystemExit:
        pass
    except Exception:  # a child must never run on into the parent's code
        logging.getLogger("loyalty").exception("a worker failed")
        code = 1
    os._exit(code)
