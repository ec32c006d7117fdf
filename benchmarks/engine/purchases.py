"""What a purchase costs: against the floor, from many tills at once, and on a ledger that has grown."""

import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.engine.floor import MEMBERS, Floor
from benchmarks.engine.grow import grow
from benchmarks.engine.shop import PLAIN, RICH, Shop
from benchmarks.engine.table import Figure
from benchmarks.engine.timing import interleaved

TILLS = 64


def single(folder: Path, rounds: int) -> list[Figure]:
    """One till: simple purchases and baskets against floors of the same durability."""
    floors = {mode: Floor(folder, mode) for mode in ("FULL", "NORMAL")}
    shops = {
        (name, mode): Shop(folder / f"{name}-{mode}.sqlite", programme, MEMBERS, mode)
        for name, programme in (("simple", PLAIN), ("basket", RICH))
        for mode in ("FULL", "NORMAL")
    }
    deeds: dict[str, Any] = {f"floor {mode}": floor.buy for mode, floor in floors.items()}
    for (name, mode), shop in shops.items():
        deeds[f"{name} {mode}"] = shop.buy_simple if name == "simple" else shop.buy_basket
    processor: dict[str, float] = {}
    taken = interleaved(deeds, rounds, 100, processor)
    for floor in floors.values():
        floor.close()
    for shop in shops.values():
        shop.close()
    figures = [Figure(f"floor, {mode}", 1e6 * taken[f"floor {mode}"], "µs") for mode in floors]
    titles = {"simple": "simple purchase", "basket": "5 lines, 20 rules"}
    for name, mode in shops:
        ratio = taken[f"{name} {mode}"] / taken[f"floor {mode}"]
        most = {"simple": 2.0, "basket": 3.0}[name]
        figures.append(Figure(f"{titles[name]}, {mode}", 1e6 * taken[f"{name} {mode}"], "µs", ratio, most))
    for name, title in {"floor": "floor", **titles}.items():
        figures.append(Figure(f"  {title}, processor time", 1e6 * processor[f"{name} NORMAL"], "µs"))
    return figures


def many_tills(folder: Path, seconds: float) -> list[Figure]:
    """All tills write as fast as they are answered; the floor is one writer alone, in turns before and after."""
    floor, shop = Floor(folder, "FULL"), Shop(folder / "tills.sqlite", PLAIN, MEMBERS)
    before = interleaved({"floor": floor.buy}, 5, 200)["floor"]
    waits: list[float] = []
    end = time.perf_counter() + seconds

    def till() -> None:
        while (begun := time.perf_counter()) < end:
            shop.buy_simple()
            waits.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=till) for _ in range(TILLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = interleaved({"floor": floor.buy}, 5, 200)["floor"]
    floor.close()
    shop.close()
    waits.sort()
    rate, single_rate = len(waits) / seconds, 2 / (before + after)
    return [
        Figure("floor, one writer, FULL", single_rate, "/s"),
        Figure(f"{TILLS} tills, purchases", rate, "/s", rate / single_rate, 2.0, at_least=True),
        Figure("  a request, median", 1e3 * waits[len(waits) // 2], "ms"),
        Figure("  a request, 99 of 100", 1e3 * waits[len(waits) * 99 // 100], "ms"),
        Figure("  a request, longest", 1e3 * waits[-1], "ms", 1e3 * waits[-1], 50.0),
    ]


def growth(folder: Path, sizes: list[int], rounds: int) -> list[Figure]:
    """The same simple purchase on ledgers of several sizes."""
    shops = {}
    for size in sizes:
        shops[size] = Shop(folder / f"grown-{size}.sqlite", PLAIN, MEMBERS)
        grow(shops[size], size)
    processor: dict[str, float] = {}
    taken = interleaved({str(size): shop.buy_simple for size, shop in shops.items()}, rounds, 100, processor)
    for shop in shops.values():
        shop.close()
    figures = []
    for title, found in (("simple purchase", taken), ("  its processor time", processor)):
        first = found[str(sizes[0])]
        figures.append(Figure(f"{title}, {sizes[0]:,} rows", 1e6 * first, "µs"))
        for size in sizes[1:]:
            own = found[str(size)]
            figures.append(Figure(f"{title}, {size:,} rows", 1e6 * own, "µs", own / first, 1.3))
    return figures
