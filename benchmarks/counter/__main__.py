"""`python -m benchmarks.counter [--members 200000]`: milliseconds from a scan to the member on the cashier's screen."""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import quantiles

from benchmarks.counter.scanning import scans, screen
from benchmarks.counter.shop import STRANGERS, opened

TARGET_MS = 150
FIRST_NUMBER = 100_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counter", description=__doc__)
    parser.add_argument("--members", type=int, default=200_000, help="at the server; the counter knows almost all")
    parser.add_argument("--rounds", type=int, default=60, help="scans of each kind")
    parser.add_argument("--folder", type=Path, help="where the shop is built; it is removed afterwards")
    asked = parser.parse_args()
    luck, held = Random(1), True
    known = [FIRST_NUMBER + place for place in luck.sample(range(asked.members - STRANGERS), 3 * asked.rounds)]
    strangers = [FIRST_NUMBER + asked.members - STRANGERS + place for place in range(asked.rounds)]
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        begun = time.perf_counter()
        with opened(Path(name), asked.members) as place, screen(place.url) as page:
            sys.stdout.write(f"{asked.members:,} members, built in {time.perf_counter() - begun:.0f} s\n")
            scans(page, place.scanner, known[-5:])  # everything is awake
            first, second = known[: asked.rounds], known[asked.rounds : 2 * asked.rounds]
            held &= tell("known at the counter", scans(page, place.scanner, first))
            tell("the same, as the server has it", scans(page, place.scanner, second, fresh=True), judged=False)
            held &= tell("known at the server only", scans(page, place.scanner, strangers))
            place.stop_server()
            third = known[2 * asked.rounds : 3 * asked.rounds - 5]
            held &= tell("without the server", scans(page, place.scanner, third))
    return 0 if held else 1


def tell(label: str, taken_ms: list[float], judged: bool = True) -> bool:
    """One line; False above the target, which is for the first picture: the server's word only makes it younger."""
    cuts = quantiles(taken_ms, n=20, method="inclusive")
    verdict = f"  above {TARGET_MS} ms" if judged and cuts[18] >= TARGET_MS else ""
    figures = f"median {cuts[9]:7.1f} ms   p95 {cuts[18]:7.1f} ms   longest {max(taken_ms):7.1f} ms"
    sys.stdout.write(f"{label:<32} {figures}{verdict}\n")
    sys.stdout.flush()
    return not verdict


if __name__ == "__main__":
    sys.exit(main())
