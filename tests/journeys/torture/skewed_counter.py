"""`python -m tests.journeys.torture.skewed_counter SETTINGS SECONDS`: a counter whose machine's clock is wrong."""

import sys
from datetime import timedelta
from pathlib import Path

from loyalty.clock import system_clock
from loyalty.counter.program import run
from loyalty.counter.settings import read_settings

if __name__ == "__main__":
    skew = timedelta(seconds=float(sys.argv[2]))
    run(read_settings(Path(sys.argv[1]), {}, {}), lambda url: None, lambda: system_clock() + skew)
