"""Drawing a card's face: what stands between a sale and the first byte on the line."""

import time
from statistics import median

from benchmarks.devices.table import Figure
from loyalty.printing.face import render_face
from tests.printing.samples import ENGLISH, HONG_KONG, SHOP_ZONE

MOST_MS = 15.0


def faces(rounds: int) -> list[Figure]:
    figures = []
    for name, data in (("English", ENGLISH), ("Hong Kong", HONG_KONG)):
        render_face(data, (480, 320), zone=SHOP_ZONE)  # fonts are read once in a counter's life
        taken = []
        for _ in range(rounds):
            begun = time.perf_counter()
            render_face(data, (480, 320), zone=SHOP_ZONE)
            taken.append((time.perf_counter() - begun) * 1000)
        figures.append(Figure(f"face of 480x320 dots, {name}", median(taken), "ms", median(taken), MOST_MS))
    return figures
