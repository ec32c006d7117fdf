"""The support bundle: what somebody elsewhere needs to help with a device, without persons, keys or card numbers."""

import io
import json
import platform
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from loyalty import __version__
from loyalty.clock import Clock, rfc3339
from loyalty.contract.wire import to_json
from loyalty.counter.agent import Agent
from loyalty.counter.desk import Desk
from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.self_test import SelfTests
from loyalty.counter.settings import CounterSettings
from loyalty.devices.check import Report
from loyalty.devices.trace import Header

LIBRARIES = ("pyserial", "pyscard", "python-escpos", "pillow", "flask", "waitress", "hidapi")
_SECRET = ("api_key",)
_PRIVATE = ("demo_members", "staff")


def bundle(
    settings: CounterSettings, unit: DeviceThread, report: Report | None, tokens: Iterable[str], clock: Clock
) -> bytes:
    """A zip file. tokens: card numbers that stand at the counter now, hidden wherever they appear."""
    rows = unit.trace.shown(tokens)
    header = Header(unit.profile.name, unit.settings.port, rfc3339(clock()), True, unit.settings.control is not None)
    files = {
        "versions.json": _json(_versions()),
        "settings.json": _json(_settings(settings)),
        "profile.json": _json(_profile(unit)),
        "states.json": _json([to_json(state) for state in unit.history]),
        "trace.jsonl": "\n".join([json.dumps({"form": "loyalty-trace-1", **asdict(header)}),
                                  *(json.dumps(row.to_json(), ensure_ascii=False) for row in rows)]) + "\n",
        "trace.txt": "".join(f"{row.to_text()}\n" for row in rows),
    }  # fmt: skip
    if report:
        files |= {"check.txt": report.to_text(), "check.json": _json(report.to_json())}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


class Packing:
    """The support bundle of any device of one counter, for the bench and for the back office."""

    def __init__(self, settings: CounterSettings, agent: Agent, tests: SelfTests, desk: Desk, clock: Clock) -> None:
        self._settings, self._agent, self._tests, self._desk, self._clock = settings, agent, tests, desk, clock

    def __call__(self, id: str) -> bytes:
        """NotFound for an id that no device of this counter has."""
        present, report = self._desk.till.present, self._tests.of(id).report
        tokens = [present.token.value] if present and present.token else []
        return bundle(self._settings, self._agent.units[id], report, tokens, self._clock)


def _versions() -> dict[str, Any]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return {"loyalty": __version__, "python": platform.python_version(), "system": platform.platform(), **found}


def _settings(settings: CounterSettings) -> dict[str, Any]:
    told: dict[str, Any] = to_json(settings)
    kept = {key: value for key, value in told.items() if key not in _PRIVATE}
    kept["devices"] = [device | {"card_mark": _without_keys(device["card_mark"])} for device in kept["devices"]]
    kept["tills"] = [till | {"key": "(hidden)"} if till.get("key") else till for till in kept["tills"]]
    return kept | {key: "(hidden)" for key in _SECRET if kept.get(key)}


def _without_keys(mark: dict[str, Any]) -> dict[str, Any]:
    """With them copies of the shop's cards could be made."""
    return {name: "(hidden)" if name.endswith("key") else value for name, value in mark.items()}


def _profile(unit: DeviceThread) -> dict[str, Any]:
    return asdict(unit.profile)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
