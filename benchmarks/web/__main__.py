"""`python -m benchmarks.web [--members 1000000]`: milliseconds of the members' pages, median and 95th percentile."""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import quantiles

from flask.testing import FlaskClient

from benchmarks.web.shop import EMAIL, NOW, PASSWORD, build
from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import open_engine
from loyalty.web.app import create_app

TARGET_MS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where the database is built, and thrown away afterwards")
    parser.add_argument("--keep", type=Path, help="a folder with a database of an earlier run, or for this one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = asked.keep or Path(name)
        begun = time.perf_counter()
        known = (folder / "loyalty.sqlite").exists()
        engine = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}") if known else build(folder, asked.members)
        sys.stdout.write(f"{asked.members:,} members after {time.perf_counter() - begun:.0f} s\n")
        app = create_app(Config(data_dir=folder), engine=engine, clock=SetClock(NOW))
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        client.post("/login", data={"email": EMAIL, "password": PASSWORD})
        for label, addresses in pages(asked.members, asked.rounds).items():
            sys.stdout.write(f"{label:<34} {timed(client, addresses)}\n")
            sys.stdout.flush()
        engine.dispose()


def pages(members: int, rounds: int) -> dict[str, list[str]]:
    """Addresses by what they show; another member each time."""
    luck = Random(1)
    places = [luck.randrange(members) for _ in range(rounds)]
    return {
        "search by name": [f"/members/found?q=陳 嘉欣 {place % 9973}" for place in places],
        "search by one letter": [f"/members/found?q={'陳李張黃WCSTGN'[place % 10]}" for place in places],
        "search by number": [f"/members/found?q={100_000_000 + place}" for place in places],
        "search by last digits": [f"/members/found?q={str(50_000_000 + place)[-4:]}" for place in places],
        "list, first page": ["/members"] * rounds,
        "list, newest members": ["/members?sort=joined"] * rounds,
        "list, by name": ["/members?sort=name"] * rounds,
        "list, one level": ["/members?level=Gold"] * rounds,
        "list, by points": ["/members?sort=points"] * rounds,
        "list, by spend": ["/members?sort=spend"] * rounds,
        "list, one level by points": ["/members?sort=points&level=Gold"] * rounds,
        "list, from so many points": [f"/members?points_from={place % 5000}" for place in places],
        "list, nobody for 90 days": ["/members?show=quiet"] * rounds,
        "list, one store": ["/members?store=Central"] * rounds,
        "figures beside the filters": ["/members/counts"] * rounds,
        "member's page": [f"/members/mem_{place:026}" for place in places],
    }


def timed(client: FlaskClient, addresses: list[str]) -> str:
    taken, worked = [], []
    for address in addresses:
        begun, at_work = time.perf_counter(), time.process_time()
        answer = client.get(address)
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - at_work) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    cuts, own = (quantiles(times, n=20, method="inclusive") for times in (taken, worked))
    verdict = "" if cuts[18] <= TARGET_MS else f"  above {TARGET_MS} ms"
    processor = f"of the processor {own[9]:6.1f}, {own[18]:6.1f}"
    return f"median {cuts[9]:8.1f} ms   p95 {cuts[18]:8.1f} ms   {processor}{verdict}"


if __name__ == "__main__":
    main()
