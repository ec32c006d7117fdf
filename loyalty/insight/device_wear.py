"""What devices did in a time and how often they stood still for it, from what they count of their own wear."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from loyalty.db.fleet_tables import device_events, device_wear, fleet_devices
from loyalty.insight.devices import is_ill
from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition, name_of
from loyalty.points.calendar import day_of

Place = tuple[str, str]
"""Counter and device."""
Told = tuple[date, Mapping[str, int]]


def wear(books: Books) -> list[tuple[Cell, ...]]:
    """Each thing that a device counts, by device; what has no count yet is left out."""
    models = {(row.counter, row.device): row.model for row in books.session.execute(
        sa.select(fleet_devices.c.counter, fleet_devices.c.device, fleet_devices.c.model))}  # fmt: skip
    stops = Counter(place for place, _day in _stops(books))
    rows: list[tuple[Cell, ...]] = []
    for place, told in sorted(_told(books).items()):
        done = _done(told, books)
        for name, total in sorted(told[-1][1].items()):
            many, times = done[name], stops[place]
            rows.append((
                f"{place[0]} · {place[1]} · {name}", models.get(place) or "–", many, total, times,
                many // times if times else None,
            ))  # fmt: skip
    return rows


def faults_over_time(books: Books) -> list[tuple[Cell, ...]]:
    """Stops of all devices by day, or by month in a long time."""
    found = _stops(books)
    rows: list[tuple[Cell, ...]] = []
    for piece in books.pieces():
        here = [place for place, day in found if piece.first <= day <= piece.last]
        worst = Counter(here).most_common(1)
        name = f"{worst[0][0][0]} · {worst[0][0][1]}" if worst else "–"
        rows.append((name_of(piece), len(here), len(set(here)), name))
    return rows


def _stops(books: Books) -> list[tuple[Place, date]]:
    """Each time that a device came into a state that a person has to mend, with its local day in the span."""
    at, found, ill = device_events.c, list[tuple[Place, date]](), dict[Place, bool]()
    past = sa.select(at.counter, at.device, at.at, at.health, at.cause).order_by(at.counter, at.device, at.at)
    for row in books.session.execute(past):
        place, day = (row.counter, row.device), day_of(row.at, books.zone)
        if is_ill(row) and not ill.get(place) and books.span.first <= day <= books.span.last:
            found.append((place, day))
        ill[place] = is_ill(row)
    return found


def _told(books: Books) -> dict[Place, list[Told]]:
    kept = device_wear.c
    found: dict[Place, list[Told]] = defaultdict(list)
    wanted = sa.select(kept.counter, kept.device, kept.day, kept.figures).where(kept.day <= books.span.last)
    for counter, device, day, figures in books.session.execute(wanted.order_by(kept.counter, kept.device, kept.day)):
        found[counter, device].append((day, figures))
    return found


def _done(told: Sequence[Told], books: Books) -> Mapping[str, int]:
    """What was counted on from day to day in the span. A count that fell belongs to another unit, or a new head, and
    counts from nothing; what the first day found already there was done before.
    """
    done: Counter[str] = Counter()
    before: Mapping[str, int] | None = None
    for day, figures in told:
        if day >= books.span.first and before is not None:
            for name, number in figures.items():
                last = before.get(name, number)
                done[name] += number - last if number >= last else number
        before = figures
    return done


WEAR = (
    Definition(
        "wear",
        N_("How much did each device do, and how often did it stop?"),
        (
            Column("device", "text", N_("The counter, the device's name there, and what the device counts itself.")),
            Column("model", "text", N_("As the device or its profile says.")),
            Column("done", "count", N_("Counted on in this time, by days of UTC; a count that fell is that of another"
                                       " unit and begins at nothing.")),
            Column("total", "count", N_("Since the device was made, as told last.")),
            Column("stops", "count", N_("How often it came into a state that a person has to mend; one that"
                                        " waits for a card does not count.")),
            Column("per_stop", "count", N_("Done for each stop in this time; nothing where it never stopped.")),
        ),
        wear,
        "done",
    ),
    Definition(
        "stops",
        N_("When did devices stop?"),
        (
            Column("day", "text", N_("Days, or months when the time is longer than a quarter.")),
            Column("stops", "count", N_("How often a device came into a state that a person has to mend; one that"
                                        " waits for a card does not count.")),
            Column("devices", "count", N_("Different devices among them.")),
            Column("worst", "text", N_("The one that stopped most often then.")),
        ),
        faults_over_time,
        "stops",
    ),
)  # fmt: skip
