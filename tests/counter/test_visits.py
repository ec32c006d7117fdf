"""A face that a visit asks for: as old as what was known of the member when they came."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from loyalty.clock import SetClock
from loyalty.counter.link import Link
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.settings import CounterSettings, DeviceSettings
from loyalty.counter.store import Store
from loyalty.counter.visits import Visits
from tests.counter.samples import NOON, face, member

PRINTER = DeviceSettings("cards", "card_printer", "star-tcp300ii", "loop:")
STALE = {"cards": [{"id": "c1", "stale": True, "worn": "fine", "ends": "A1B2", "rewrites": 1, "rewrite_limit": 500}]}


@contextmanager
def server(meanwhile: Callable[[], object]) -> Iterator[str]:
    """Says that the card is stale, after `meanwhile` happened."""

    def app(environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        meanwhile()
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(STALE).encode()]

    answering = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=answering.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{answering.server_port}"
    answering.shutdown()
    answering.server_close()
    thread.join(10)


def newest(folder: Path, store: Store, meanwhile: Callable[[PrintJobs, SetClock], object]) -> str:
    """The balance on the face that waits after a visit with 100 points."""
    jobs, clock = PrintJobs(store), SetClock(NOON)
    with server(lambda: meanwhile(jobs, clock)) as url:
        link = Link(url, "c1", "key")
        settings = CounterSettings(id="c1", data_dir=folder, server=url, devices=(PRINTER,))
        visits = Visits(settings, clock, None, link, jobs)  # type: ignore[arg-type]  # no card is worn
        visits.look_at_cards(member(points=100))
    job = jobs.face_of("mem_1", clock())
    assert job and job.face
    return job.face.balance


def test_a_stale_card_gets_the_face_of_today(store: Store, tmp_path: Path) -> None:
    assert newest(tmp_path, store, lambda jobs, clock: None) == "100"


def test_a_sale_booked_while_the_cards_are_asked_for_keeps_its_face(store: Store, tmp_path: Path) -> None:
    def sale(jobs: PrintJobs, clock: SetClock) -> None:
        clock.forward(timedelta(seconds=1))
        jobs.add_face(member(), face("188", clock()), "p1", clock())
        clock.forward(timedelta(seconds=1))

    assert newest(tmp_path, store, sale) == "188"
