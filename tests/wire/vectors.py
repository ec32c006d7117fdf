"""All golden vectors, by room of loyalty.devices.wire: which messages there are, and which have one, from where.

`pytest tests/wire` prints the table at its end. A new message without a vector, and a new room that nobody has entered
here, fail tests/wire/test_every_vector.py.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from loyalty.devices.wire import evdev, honeywell_menu, line_display, magstripe, magtek, ssi
from loyalty.devices.wire.apdu import acs, desfire_data, ntag424, sle4442, storage
from loyalty.devices.wire.easyprinter import messages as easyprinter
from loyalty.devices.wire.easyprinter import replies as easyprinter_replies
from loyalty.devices.wire.escpos import answers, tables
from loyalty.devices.wire.escpos.star_line import STAR_LINE
from loyalty.devices.wire.evolis import messages as evolis
from loyalty.devices.wire.pn532 import answers as pn532_answers
from loyalty.devices.wire.pn532 import commands as pn532_commands
from loyalty.devices.wire.sanwa import codec as sanwa
from loyalty.devices.wire.star_tcp import codec as star
from loyalty.devices.wire.virtual_pointcard import ANSWERS, EVENTS, REQUESTS
from tests.wire import (
    test_idtech,
    test_line_display,
    test_magstripe,
    test_magtek,
    test_msr605,
    test_sanwa_letters,
    test_serial_scanner,
)

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Family:
    """kinds: every message of the room. rows: (message, source) of each vector."""

    kinds: set[str]
    rows: list[tuple[str, str]]


def read(stem: str) -> Any:
    return json.loads((GOLDEN / f"{stem}.json").read_text("utf-8"))


def _names(kinds: Iterable[Any]) -> set[str]:
    return {kind.__name__ for kind in kinds}


def _by(key: str, rows: Iterable[dict[str, Any]], source: str = "source") -> list[tuple[str, str]]:
    return [(str(row[key]).partition("(")[0], row[source]) for row in rows]


def _dataclasses(*modules: ModuleType) -> set[str]:
    return {name for module in modules for name, value in vars(module).items()
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__}  # fmt: skip


def _instructions(*tables_of: dict[int, Any]) -> set[str]:
    return {f"{code:02x}" for table in tables_of for code in table}


def _escpos() -> Family:
    coded = {f"escpos {code.hex()}" for code in tables.ESCPOS} | {f"star {code.hex()}" for code in STAR_LINE}
    now = {f"now {name}" for name in tables.REAL_TIME.values()}
    told = {f"answer {name}" for name in ("NowAnswer", "Flow", "ByteAnswer", "StatusBack", "BlockAnswer")}
    assert {name.partition(" ")[2] for name in told} == _names(answers.Answer.__args__)
    return Family(coded | now | told, [(_escpos_name(row), row["source"]) for row in read("escpos")])


def _escpos_name(row: dict[str, str]) -> str:
    if row["table"] in ("now", "answer"):
        return f"{row['table']} {row['name']}"
    table = tables.ESCPOS if row["table"] == "escpos" else STAR_LINE
    raw = bytes.fromhex(row["hex"])
    return f"{row['table']} {next(raw[:size].hex() for size in range(4, 0, -1) if raw[:size] in table)}"


def _apdu() -> Family:
    layers = {"storage": storage, "acs": acs, "sle4442": sle4442}
    kinds = {f"{layer} {name}" for layer, module in layers.items() for name in _names(module.Message.__args__)}
    plain = [row for row in read("apdu") if row["layer"] in layers]
    rows = [(f"{row['layer']} {type(_parsed(layers[row['layer']], row)).__name__}", row["source"]) for row in plain]
    rows += [(row["layer"], row["source"]) for row in read("apdu") if row["layer"] not in layers]
    kinds |= {f"ins {code}" for code in _instructions(desfire_data.BY_INSTRUCTION, ntag424.BY_INSTRUCTION)}
    rows += [(f"ins {row['hex'][2:4]}", row["source"]) for row in read("secure_cards")]
    rows += [(row["subject"], row["source"]) for row in read("ev1_messaging")]
    rows += _by("name", read("des_authentication"))
    return Family(kinds, rows)


def _parsed(layer: ModuleType, row: dict[str, str]) -> object:
    from_hex = layer.Command.parse if hasattr(layer, "Command") else storage.Command.parse
    return layer.parse(from_hex(bytes.fromhex(row["hex"])))


def _easyprinter() -> Family:
    golden = read("easyprinter")
    rows = [(row.get("name") if row["kind"] == "Plain" else row["kind"], row["source"]) for row in golden["messages"]]
    rows += [pair for part in ("answers",) for pair in _by("kind", golden[part])]
    rows += [(part, row["source"]) for part in ("documents", "elements", "pictures") for row in golden[part]]
    kinds = _names(easyprinter.Message.__args__) - {"Plain"} | set(easyprinter.Plain.__members__)
    return Family(kinds | _names(easyprinter_replies.Reply.__args__), rows)


def _evolis() -> Family:
    golden = read("evolis")
    rows = _by("kind", [*golden["messages"], *golden["answers"]])
    rows += [(part, row["source"]) for part in ("streams", "dots") for row in golden[part]]
    return Family(_names(evolis.Message.__args__) | {"Reply", "Ack", "Nack"}, rows)


def _magtek() -> Family:
    rows = [(type(message).__name__, source) for message, _, source in (*test_magtek.FEATURES, *test_magtek.ANSWERS)]
    return Family(_dataclasses(magtek), [*rows, ("CardData", test_magtek.golden.__doc__ or "")])


def _keys() -> Family:
    """Keys that type, end and are lost; every key of the layout stands in the same header."""
    rows = [("typed", row["from"]) for row in read("scanners")["keys"]]
    return Family({"typed", *(row["kind"] for row in read("scanners")["key_events"])} | _dataclasses(evdev) - {"Event"},
                  rows + _by("kind", read("scanners")["key_events"], "from"))  # fmt: skip


FAMILIES: dict[str, Callable[[], Family]] = {
    "star_tcp": lambda: Family(_names(star.COMMANDS) | {"Response", "LinkReply"}, _by("kind", read("star_tcp"))),
    "sanwa": lambda: Family(
        _names(sanwa.COMMANDS) | {"Unknown", "Reply", "LinkByte", "Order", "Answer"},
        _by("kind", read("sanwa"))
        + [(type(message).__name__, test_sanwa_letters.SOURCE) for _, message, _ in test_sanwa_letters.GOLDEN],
    ),
    "easyprinter": _easyprinter,
    "evolis": _evolis,
    "virtual_pointcard": lambda: Family({*REQUESTS, *ANSWERS, *EVENTS}, _by("word", read("virtual_pointcard"))),
    "pn532": lambda: Family(_dataclasses(pn532_commands, pn532_answers) - {"Other"}, _by("message", read("pn532"))),
    "apdu": _apdu,
    "escpos": _escpos,
    "line_display": lambda: Family(
        _names(line_display.Message.__args__) - {"Other"},
        [(type(message).__name__, "POS-X XP8200 manual, page 12") for message, _ in test_line_display.GOLDEN],
    ),
    "ssi": lambda: Family(
        {each.name for each in ssi.Opcode},
        [(ssi.Opcode(int(row["opcode"], 16)).name, row["from"]) for row in read("ssi") if row["opcode"] != "00"],
    ),
    "serial_scanner": lambda: Family({"Code"}, [("Code", source) for _, _, source in test_serial_scanner.GOLDEN]),
    "hid_pos": lambda: Family(
        {"report", "command"},
        [("report", row["from"]) for row in read("scanners")["hid_pos"]]
        + [("command", row["from"]) for row in read("scanners")["hid_commands"]],
    ),
    "honeywell_menu": lambda: Family(
        {"Command", "Answer"} & _dataclasses(honeywell_menu),
        [("Command", row["from"]) for row in read("scanners")["menu"]]
        + [("Answer", row["from"]) for row in read("scanners")["menu_answers"]],
    ),
    "evdev": _keys,
    "idtech": lambda: Family(
        {"idtech", "uic", "keyboard"},
        [(manner.form, source) for manner, _, source in test_idtech.GOLDEN]
        + [("keyboard", source) for _, _, source in test_idtech.KEYS],
    ),
    "magtek": _magtek,
    "msr605": lambda: Family(test_msr605.KINDS, _by("message", read("msr605"))),
    "magstripe": lambda: Family(
        {form.name for form in (magstripe.ISO1, magstripe.ISO2, magstripe.ISO3, magstripe.JIS2)},
        [(row[0].name, row[-1]) for row in (*test_magstripe.GOLDEN, *test_magstripe.PACKED)]
        + [(magstripe.JIS2.name, test_magstripe.JIS2_SOURCE)],
    ),
}
WITHOUT = {
    "scanned": "makes a Token of a code that was read; no bytes of its own",
    "gs1": "reads what stands in a code; held against biip and the GS1 General Specifications in test_gs1_and_aim.py",
    "aim": "names of ISO/IEC 15424, in test_gs1_and_aim.py",
}


@cache
def family(room: str) -> Family:
    return FAMILIES[room]()


def table() -> list[str]:
    """A line for each room, and the sum."""
    lines = [f"{room:18} {len(family(room).kinds):4} messages {len(family(room).rows):5} vectors" for room in FAMILIES]
    return [*lines, f"{'all':18} {sum(len(family(room).kinds) for room in FAMILIES):4} messages "
                    f"{sum(len(family(room).rows) for room in FAMILIES):5} vectors"]  # fmt: skip
