"""What `loyalty doctor` looks at on the machine: Python, SQLite, the data directory, fonts, readers, ports."""

import os
import shutil
import socket
import sqlite3
import stat
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from loyalty.config import Config
from loyalty.db.single import holder_of
from loyalty.errors import ConfigError
from loyalty.printing.fonts import find_font
from loyalty.web.secret import NAME as SECRET

LEAST_FREE_BYTES = 200 * 2**20
WISHED_FREE_BYTES = 2 * 2**30
WAL_FAULT = ((3, 7, 0), (3, 51, 2))
"""SQLite's own versions, first and last, in which two connections that write or checkpoint at one instant can lose
commits. loyalty has one writer in one process, so it does not meet the fault; other programs on the file would."""


@dataclass(frozen=True)
class Check:
    """One line: `remedy` is the command or the step that mends it, empty where nothing is to be done."""

    name: str
    state: Literal["ok", "note", "bad"]
    said: str
    remedy: str = ""


def python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("python", "ok", f"Python {version}.")
    remedy = "install Python 3.11, 3.12 or 3.13 and set up again with ./run"
    return Check("python", "bad", f"Python {version} was not tried with loyalty.", remedy)


def sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Check:
    shown = ".".join(map(str, version))
    if version < (3, 35):
        return Check("sqlite", "bad", f"SQLite {shown} is too old.", "use a Python that brings SQLite 3.35 or newer")
    if WAL_FAULT[0] <= version <= WAL_FAULT[1]:
        return Check(
            "sqlite", "note",
            f"SQLite {shown} can lose commits of two writers at one instant; loyalty has only one writer.",
            "let no other program write to the file while loyalty serve runs",
        )  # fmt: skip
    return Check("sqlite", "ok", f"SQLite {shown}.")


def data_directory(folder: Path) -> Check:
    if not folder.is_dir():
        return Check("data directory", "note", f"{folder} is not there yet.", "loyalty serve makes it")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("data directory", "bad", f"{folder} cannot be written.", f"sudo chown -R $USER {folder}")
    rights = stat.S_IMODE(folder.stat().st_mode) & 0o077 if os.name == "posix" else 0
    if rights:
        said = f"Other users of this machine can {'change' if rights & 0o022 else 'list'} what lies in {folder}."
        return Check("data directory", "bad" if rights & 0o022 else "note", said, f"chmod 700 {folder}")
    return Check("data directory", "ok", f"{folder} is writable, and closed to others.")


def disk(folder: Path) -> Check:
    place = next(each for each in (folder, *folder.parents) if each.is_dir())
    free = shutil.disk_usage(place).free
    said = f"{free / 2**30:.1f} GiB free at {place}."
    if free < LEAST_FREE_BYTES:
        return Check("disk space", "bad", said, "make room: old backups and logs first")
    if free < WISHED_FREE_BYTES:
        return Check("disk space", "note", said, "make room soon: a backup needs as much again as the database")
    return Check("disk space", "ok", said)


def private_files(config: Config) -> Check:
    """Keys, database and settings file: for their owner only."""
    names = (config.data_dir / SECRET, config.data_dir / "loyalty.sqlite", Path("loyalty.toml"))
    found = [path for path in names if path.exists()]
    loose = [path for path in found if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        named = " ".join(map(str, loose))
        return Check("private files", "bad", f"Other users of this machine can read {named}.", f"chmod 600 {named}")
    return Check("private files", "ok", f"{len(found)} files, readable by their owner only.")


def fonts() -> Check:
    try:
        return Check("fonts", "ok", f"{find_font()} holds Chinese characters.")
    except ConfigError as error:
        remedy = "apt install fonts-noto-cjk, or pip install the extra [cjk]"
        return Check("fonts", "bad", f"Cards and receipts cannot be drawn: {error}", remedy)


def pcsc() -> Check:
    if find_spec("smartcard") is None:
        said = "PC/SC is not installed; only PC/SC readers and MIFARE cards need it."
        return Check("pcsc", "note", said, "docs/install.md says how to add [pcsc]")
    if sys.platform.startswith("linux") and not Path("/run/pcscd/pcscd.comm").exists():
        said = "pcscd does not run; only PC/SC readers need it."
        return Check("pcsc", "note", said, "sudo systemctl start pcscd.socket")
    return Check("pcsc", "ok", "PC/SC is there; loyalty devices list shows its readers.")


def port(config: Config) -> Check:
    holder = holder_of(config.data_dir) or {}
    if "url" in holder and _answers(config.host, config.port):
        return Check("port", "ok", f"loyalty serve answers at {holder['url']} (pid {holder.get('pid')}).")
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        with socket.socket(family) as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind((config.host, config.port))
    except OSError as error:
        remedy = "stop the other program, or set bind to another port"
        return Check("port", "bad", f"{config.bind} cannot be used: {error.strerror}.", remedy)
    return Check("port", "ok", f"{config.bind} is free.")


def _answers(host: str, number: int) -> bool:
    try:
        with socket.create_connection((host, number), timeout=2):
            return True
    except OSError:
        return False
