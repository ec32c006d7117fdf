"""A counter comes in: the code that somebody typed becomes a key of its own, kept where only this user reads it."""

import json
import os
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from loyalty.errors import ConfigError, LoyaltyError

KEY_FILE = "server.key"
"""In the counter's data directory; read from there when the settings name no other key."""
TIMEOUT_S = 20.0
_OF_THE_SHOP = ("shop", "currency", "time_zone", "language")


@dataclass(frozen=True)
class Enrolment:
    counter: str
    key: str
    shop: dict[str, str] = field(default_factory=dict)
    """What the server knows of the shop, by the names of a counter's settings."""


def ask_for_key(server: str, code: str) -> Enrolment:
    """The server's answer to a code. LoyaltyError in one sentence when it has none or cannot be reached."""
    if not server.startswith(("http://", "https://")):
        raise ConfigError(f"The server is {server!r}; write its web address, such as http://127.0.0.1:8000.")
    body = json.dumps({"code": code}).encode()
    request = Request(
        server.rstrip("/") + "/api/v1/counters:enrol", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=TIMEOUT_S) as answer:
            found = json.load(answer)
        told = dict(found.get("shop") or {})
        shop = {name: str(told[name]) for name in _OF_THE_SHOP if told.get(name)}
        return Enrolment(str(found["counter"]), str(found["key"]), shop)
    except HTTPError as error:
        raise LoyaltyError(_detail(error)) from error
    except (OSError, HTTPException) as error:
        raise LoyaltyError(f"The server {server} cannot be reached ({error}); check address and network.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LoyaltyError(f"What answers at {server} is no loyalty server; check the address.") from error


def keep_key(folder: Path, key: str) -> Path:
    """The key in its file, whole or not at all, readable by this user only. LoyaltyError when it cannot be written."""
    file, fresh = folder / KEY_FILE, folder / f"{KEY_FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(key + "\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        why = f"{error.strerror}; choose another --data-dir"
        raise LoyaltyError(f"The key cannot be kept in {folder}: {why}.") from error
    return file


def may_write(folder: Path) -> None:
    """Asked before the code is used up. LoyaltyError when the key could not be kept afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{KEY_FILE}.new"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise LoyaltyError(f"{folder} cannot be written: {error.strerror}; choose another --data-dir.") from error


def first_settings(file: Path, enrolled: Enrolment, server: str, data_dir: Path) -> bool:
    """Writes the shortest settings that work, where there are none yet; True when it did."""
    lines = ["[counter]", f"id = {json.dumps(enrolled.counter)}", f"server = {json.dumps(server)}",
             f"data_dir = {json.dumps(str(data_dir.resolve()))}"]  # fmt: skip
    lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in enrolled.shop.items()]
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
    except FileExistsError:
        return False
    return True


def _detail(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"The server answered {error.code}; check the address."
