"""A trial in a process of its own, so that the server goes on selling: `python -m loyalty.campaigns.trial_work FOLDER`.

FOLDER holds `job.json`; the address of the database comes in `LOYALTY_TRIAL_DATABASE`, since it may hold a password.
Written there: `progress.json` while it runs, then `result.json` (empty when it was stopped) or `fault.json`. A file
`stop` ends it, and so does the end of the process that started it.
"""

import gc
import json
import os
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from loyalty.campaigns.replay import Extra
from loyalty.campaigns.trial import run_trial
from loyalty.campaigns.trial_json import as_json
from loyalty.clock import parse_rfc3339
from loyalty.db.session import open_engine, read
from loyalty.errors import LoyaltyError

DATABASE = "LOYALTY_TRIAL_DATABASE"
GENTLE = 10
"""Added to the process's niceness: sales come first."""


def work(folder: Path, address: str) -> None:
    """Runs the job in `folder` to its end, unless it is stopped."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    parent = os.getppid()

    def progress(done: int, everything: int) -> bool:
        put(folder / "progress.json", {"done": done, "all": everything})
        return not (folder / "stop").exists() and os.getppid() == parent

    engine = open_engine(address)
    try:
        with read(engine) as session:
            days = [date.fromisoformat(job[name]) if job[name] else None for name in ("first", "last")]
            document = json.loads(job["document"], parse_float=Decimal)
            gifts = [(verb, body) for verb, body in json.loads(job.get("gifts", "[]"), parse_float=Decimal)]
            extra = Extra(job.get("tags", {}), gifts)
            result = run_trial(session, document, parse_rfc3339(job["now"]), days[0], days[1], progress, extra)
        put(folder / "result.json", as_json(result) if result is not None else {})
    except LoyaltyError as error:
        put(folder / "fault.json", {"reason": str(error)})
    finally:
        engine.dispose()


def collect_seldom() -> None:
    """For a process that only tries: it keeps millions of rows, and looking through all of them for garbage again and
    again takes as long as a tenth of the trial.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def put(file: Path, document: Any) -> None:
    """The whole file or nothing: somebody may be reading it."""
    half = file.with_suffix(".half")
    half.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    half.replace(file)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(GENTLE)
    collect_seldom()
    work(Path(sys.argv[1]), os.environ[DATABASE])
