"""`python -m benchmarks.engine [purchases] [tills] [growth] [night] [--json]`: prints a table of ratios to floors."""

import argparse
import gc
import json
import platform
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine.nights import night
from benchmarks.engine.purchases import growth, many_tills, single
from benchmarks.engine.table import as_json, as_text

PARTS = ("purchases", "tills", "growth", "night")


def main() -> None:
    asked = _arguments()
    gc.freeze()  # as `loyalty serve` does before it serves
    parts = {}
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        for part in asked.parts or PARTS:
            place = folder / part
            place.mkdir()
            if part == "purchases":
                parts["One till, one purchase after the other"] = single(place, asked.rounds)
            elif part == "tills":
                parts["Many tills at once"] = many_tills(place, asked.seconds)
            elif part == "growth":
                parts["A ledger that grows"] = growth(place, [10_000, *asked.rows], asked.rounds)
            else:
                parts[f"A night over {asked.members:,} members and {3 * asked.members:,} lots"] = night(
                    place, asked.members, asked.nights
                )
    about = f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    if asked.json:
        sys.stdout.write(json.dumps({"machine": about, "parts": as_json(parts)}, indent=1) + "\n")
    else:
        sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d}, {about}\n{as_text(parts)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)}; default all")
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("--rounds", type=int, default=7, help="how often each thing is measured in turn")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the many tills sell")
    parser.add_argument("--rows", type=int, nargs="*", default=[200_000], help="sizes of the grown ledgers (1000000 …)")
    parser.add_argument("--members", type=int, default=50_000, help="of the night (1000000 takes minutes)")
    parser.add_argument("--nights", type=int, default=3, help="nights in a row, the median counts")
    parser.add_argument("--folder", type=Path, help="where the databases are made; default the system's temporary one")
    asked = parser.parse_args()
    if wrong := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {wrong[0]!r}; choose from {', '.join(PARTS)}")
    return asked


if __name__ == "__main__":
    main()
