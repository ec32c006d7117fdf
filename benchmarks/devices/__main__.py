"""`python -m benchmarks.devices [star] [receipt] [faces] [apdu] [--json]`: ratios to what the line itself takes."""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime

from benchmarks.devices.apdu import round_trips
from benchmarks.devices.faces import faces
from benchmarks.devices.line import receipt, star
from benchmarks.devices.table import as_text

RATES = (9_600, 19_200, 38_400, 57_600, 115_200)
PARTS = ("star", "receipt", "faces", "apdu")


def main() -> int:
    asked = _arguments()
    deeds = {
        "star": lambda: star(asked.rates),
        "receipt": lambda: receipt(asked.rates),
        "faces": lambda: faces(asked.rounds),
        "apdu": lambda: round_trips(asked.rounds),
    }
    figures = [figure for part in asked.parts or PARTS for figure in deeds[part]()]
    about = f"{platform.machine()}, Python {platform.python_version()}"
    if asked.json:
        told = {"machine": about, "figures": [figure.to_json() for figure in figures]}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d}, {about}\n{as_text(figures)}")
    return 0 if all(figure.holds for figure in figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.devices", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)}; default all")
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("--rounds", type=int, default=15, help="how often faces and commands are measured")
    parser.add_argument("--rates", type=int, nargs="*", default=list(RATES), help="bits per second of the lines")
    asked = parser.parse_args()
    if wrong := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {wrong[0]!r}; choose from {', '.join(PARTS)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
