"""The settings file that the demo writes for its counter program."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loyalty.cli.demo.devices import Plugged
from loyalty.cli.demo.history import ZONE
from loyalty.cli.demo.prepare import DemoMember


def counter_settings(
    data_dir: Path, server: str, api_key: str, devices: Sequence[Plugged], members: Sequence[DemoMember]
) -> str:
    """TOML with one counter, its devices, and the cards that the bench offers."""
    head: dict[str, Any] = {
        "id": "counter-1", "data_dir": str(data_dir / "counter"), "server": server, "api_key": api_key,
        "store": "Harbour Street", "shop": "Harbour Club", "currency": "USD", "time_zone": ZONE.key,
    }  # fmt: skip
    tables: list[tuple[str, dict[str, Any]]] = [("[counter]", head)]
    tables += [("[[counter.devices]]", {"id": device.id, **device.ready_entry()}) for device in devices]
    tables += [
        ("[[counter.demo_members]]", {"name": member.name, "card": member.card, "code": member.number})
        for member in members
    ]
    return "\n".join(_table(title, values) for title, values in tables)


def _table(title: str, values: dict[str, Any]) -> str:
    return "\n".join([title, *(f"{key} = {_value(value)}" for key, value in values.items()), ""])


def _value(value: Any) -> str:
    """Text is quoted as JSON does it, which TOML's basic strings understand too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
