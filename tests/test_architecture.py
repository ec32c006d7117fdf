"""The import rules of ARCHITECTURE.md, executed. The tables are the rules; the page explains them.

A room is a module or package; its rule covers everything below it that has no rule of its own.
"""

import sys
from pathlib import Path

import pytest

from tests.import_graph import Import, cycle_in, imports_of, modules_of

ROOT = Path(__file__).resolve().parent.parent
OURS = ("loyalty", "simulators", "firmware_profiles")
OUTSIDE_THE_PRODUCT = ("tests", "requirements", "benchmarks")

GROUND = ["loyalty.errors", "loyalty.clock", "loyalty.money", "loyalty.ids", "loyalty.config", "loyalty.turns"]
SHARED = ["loyalty.contract", *GROUND]
STORED = ["loyalty.db", *SHARED]
USE_CASE = ["loyalty.members", "loyalty.points", *STORED]
_USE_CASES = ("checkout", "campaigns", "insight", "care", "messages", "ops", "passes", "scenarios", "webhooks")
USE_CASES = [f"loyalty.{name}" for name in _USE_CASES]
ROLES = ["loyalty.devices.interfaces", "loyalty.devices.profiles"]

# room -> what it may import besides itself
ROOMS: dict[str, list[str]] = {
    **{room: [each for each in GROUND if each != room] for room in GROUND},
    "loyalty.contract": GROUND,
    "loyalty.devices": SHARED,  # interfaces, profiles, check, trace: see INSIDE_DEVICES for the rest
    "loyalty.devices.wire": SHARED,
    "loyalty.devices.transports": [*ROLES, *SHARED],
    "loyalty.devices.drivers": ["loyalty.devices.wire", "loyalty.devices.card_order", *ROLES, *SHARED],
    "loyalty.db": SHARED,
    "loyalty.members": STORED,
    "loyalty.points": STORED,
    "loyalty.printing": SHARED,
    **{room: USE_CASE for room in USE_CASES},
    "loyalty.passes": [*USE_CASE, "loyalty.printing"],
    "loyalty.web": [*USE_CASES, *USE_CASE, "loyalty.printing", "loyalty.devices.profiles"],
    "loyalty.counter": ["loyalty.devices", "loyalty.printing", *SHARED],
    "loyalty.cli": ["loyalty"],
    "simulators": ["loyalty.devices.wire", "loyalty.devices.profiles", "loyalty.contract", "loyalty.errors"],
    "firmware_profiles": [],
}
# modules beside the rooms of devices that may reach into them
DEVICE_ROOMS = [f"loyalty.devices.{name}" for name in ("wire", "transports", "drivers")]
INSIDE_DEVICES = {
    "loyalty.devices.registry": DEVICE_ROOMS,
    "loyalty.devices.check": DEVICE_ROOMS,
    "loyalty.devices.trace": ["loyalty.devices.wire"],
    "loyalty.devices.profiles": ["firmware_profiles"],
}
LAZY = "loyalty.cli"  # loads commands when they are asked for; nobody else hides an import in a function

# third-party package -> the rooms it lives in
SERVER_SIDE = ["loyalty.db", "loyalty.members", "loyalty.points", *USE_CASES, "loyalty.web", "loyalty.cli"]
SCREENS = ["loyalty.web", "loyalty.counter"]
DOCUMENTS = ["loyalty.config", "loyalty.points", "loyalty.campaigns", "loyalty.scenarios"]
HOMES: dict[str, list[str]] = {
    "serial": ["loyalty.devices.transports"],
    "smartcard": ["loyalty.devices.transports"],
    "hid": ["loyalty.devices.transports"],
    "cryptography": [
        "loyalty.devices.wire",
        "loyalty.counter",
        "loyalty.messages",
        "loyalty.passes",
        "loyalty.webhooks",
    ],
    "h2": ["loyalty.passes"],
    "ndef": ["loyalty.devices.wire"],
    "escpos": ["loyalty.devices.drivers"],
    "PIL": ["loyalty.printing", "simulators"],
    "barcode": ["loyalty.printing"],
    "segno": ["loyalty.printing", "simulators"],
    "pydifact": ["loyalty.counter"],
    "openpyxl": ["loyalty.ops"],
    "noto_cjk_sans_otc": ["loyalty.printing"],
    "sqlalchemy": SERVER_SIDE,
    "alembic": ["loyalty.db"],
    "psycopg": ["loyalty.db"],
    "flask": SCREENS,
    "werkzeug": SCREENS,
    "markupsafe": SCREENS,
    "jinja2": [*SCREENS, "loyalty.messages"],
    "wtforms": SCREENS,
    "flask_babel": SCREENS,
    "flask_limiter": SCREENS,
    "flask_security": SCREENS,
    "flask_wtf": SCREENS,
    "webauthn": ["loyalty.web"],
    "waitress": [*SCREENS, "loyalty.cli"],
    "babel": [*SCREENS, "loyalty.printing", "loyalty.campaigns"],
    "argon2": [*SCREENS, "loyalty.members"],
    "phonenumbers": ["loyalty.members"],
    "stdnum": ["loyalty.members", "loyalty.devices.wire"],
    "biip": ["loyalty.devices.wire"],
    "ruamel": DOCUMENTS,
    "pydantic": ["loyalty.contract", *DOCUMENTS, *SCREENS],
    "pydantic_settings": ["loyalty.config"],
    "structlog": [*SCREENS, "loyalty.ops", "loyalty.cli"],
    "click": ["loyalty.cli"],
    "rich": ["loyalty.cli"],
}


def faults(root: Path) -> list[str]:
    """Every breach of the rules in the tree below `root`, one sentence each."""
    modules = modules_of(root, OURS)
    imports = imports_of(modules)
    found = [f"{name}: no rule in this file covers it" for name in modules if not _room(name)]
    found += [sentence for each in imports for sentence in _breaches(each)]
    if cycle := cycle_in(imports, modules):
        found.append(f"import cycle: {' -> '.join(cycle)}")
    return found


def _breaches(each: Import) -> list[str]:
    where = f"{each.importer}, line {each.line}"
    top = each.imported.partition(".")[0]
    found = []
    if each.inside_function and not _below(each.importer, LAZY):
        found.append(f"{where}: imports {each.imported} inside a function")
    if top in OURS + OUTSIDE_THE_PRODUCT:
        if not _may(each.importer, each.imported):
            found.append(f"{where}: may not import {each.imported}")
    elif top not in sys.stdlib_module_names:
        homes = HOMES.get(top)
        if homes is None:
            found.append(f"{where}: {top} has no home in this file's table")
        elif not any(_below(each.importer, home) for home in homes):
            found.append(f"{where}: {top} lives in {', '.join(homes)}")
    return found


def _may(importer: str, imported: str) -> bool:
    room = _room(importer)
    if not room or imported == "loyalty":  # the version is everybody's
        return imported == "loyalty"
    inside = [room for reach, rooms in INSIDE_DEVICES.items() if _below(importer, reach) for room in rooms]
    allowed = [*ROOMS.get(room, []), *inside]
    return _room(imported) == room or any(_below(imported, each) for each in allowed)


def _room(module: str) -> str:
    """The rule that covers a module: the longest; the package `loyalty` itself is one too."""
    if module == "loyalty":
        return module
    return max((room for room in ROOMS if _below(module, room)), key=len, default="")


def _below(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def test_everybody_imports_only_what_the_rules_allow():
    found = faults(ROOT)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("loyalty/web/a.py", "import loyalty.counter.b", "may not import loyalty.counter.b"),
        ("loyalty/counter/b.py", "from loyalty.db import base", "may not import loyalty.db"),
        ("loyalty/points/a.py", "from ..members import b", "may not import loyalty.members"),
        ("loyalty/checkout/a.py", "import loyalty.insight", "may not import loyalty.insight"),
        ("loyalty/devices/drivers/a.py", "import loyalty.devices.transports", "may not import"),
        ("loyalty/devices/wire/a.py", "import loyalty.devices.drivers", "may not import"),
        ("loyalty/devices/a.py", "import loyalty.devices.drivers", "may not import"),
        ("loyalty/web/a.py", "import loyalty.devices.registry", "may not import"),
        ("loyalty/cli/a.py", "import simulators", "may not import simulators"),
        ("loyalty/ops/a.py", "import tests.import_graph", "may not import tests"),
        ("simulators/a.py", "import loyalty.devices.drivers", "may not import"),
        ("loyalty/errors.py", "import loyalty.contract", "may not import"),
        ("loyalty/surprise/a.py", "", "no rule"),
        ("loyalty/utensils.py", "", "no rule"),
        ("loyalty/points/a.py", "import flask", "flask lives in loyalty.web"),
        ("loyalty/web/a.py", "from serial.tools import list_ports", "serial lives in"),
        ("loyalty/web/a.py", "import requests", "requests has no home"),
        ("loyalty/web/a.py", "def f():\n    import loyalty.db", "inside a function"),
        ("loyalty/web/a.py", "class A:\n    async def f(self):\n        import json", "inside a function"),
    ],
)
def test_a_breach_is_found(tmp_path, file, text, complaint):
    write(tmp_path, file, text)
    (found,) = faults(tmp_path)
    assert complaint in found


def test_a_room_without_an_init_is_a_room_all_the_same(tmp_path):
    write(tmp_path, "loyalty/web/a.py", "")
    write(tmp_path, "loyalty/counter/b.py", "from loyalty import web")
    assert faults(tmp_path) == ["loyalty.counter.b, line 1: may not import loyalty.web"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("loyalty/cli/a.py", "def f():\n    from loyalty.web import app\n    import click"),
        ("loyalty/checkout/a.py", "from loyalty.points import ledger\nfrom . import b\nimport sqlalchemy"),
        ("loyalty/devices/registry.py", "import loyalty.devices.drivers.a, loyalty.devices.transports.b"),
        ("simulators/a.py", "from loyalty.devices.wire import pn532\nfrom PIL import Image"),
        ("loyalty/web/a.py", "from loyalty import __version__\nfrom loyalty.devices.profiles import Profile"),
    ],
)
def test_what_the_rules_allow_passes(tmp_path, file, text):
    write(tmp_path, file, text)
    assert faults(tmp_path) == []


def test_a_cycle_is_found_and_named(tmp_path):
    write(tmp_path, "loyalty/points/a.py", "from loyalty.points import b")
    write(tmp_path, "loyalty/points/b.py", "from loyalty.points.c import thing")
    write(tmp_path, "loyalty/points/c.py", "if TYPE_CHECKING:\n    from .a import x")
    (found,) = faults(tmp_path)
    assert found == "import cycle: loyalty.points." + " -> loyalty.points.".join("abca")


def write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
