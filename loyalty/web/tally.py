"""How many requests there were and how long they took: plain counters of this process, for `/metrics`."""

import threading
import time
from collections import Counter
from typing import cast

from flask import Flask, Response, current_app, g, request

BUCKETS_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Tally:
    """Safe from many threads. `requests` by method, address pattern and status; `took` by bucket, the last for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.took = [0] * (len(BUCKETS_S) + 1)
        self.seconds = 0.0

    def add(self, method: str, rule: str, status: int, seconds: float) -> None:
        with self._lock:
            self.requests[method, rule, status] += 1
            self.seconds += seconds
            for place, limit in enumerate(BUCKETS_S):
                self.took[place] += seconds <= limit
            self.took[-1] += 1

    def lines(self) -> list[str]:
        """In the text format of Prometheus 0.0.4."""
        with self._lock:
            requests, took, seconds = dict(self.requests), list(self.took), self.seconds
        found = [
            "# HELP loyalty_requests_total Requests answered by this process.",
            "# TYPE loyalty_requests_total counter",
        ]
        for (method, rule, status), number in sorted(requests.items()):
            found.append(f'loyalty_requests_total{{method="{method}",rule="{rule}",status="{status}"}} {number}')
        found += ["# HELP loyalty_request_seconds Time until the answer.", "# TYPE loyalty_request_seconds histogram"]
        for limit, number in zip((*BUCKETS_S, "+Inf"), took, strict=True):
            found.append(f'loyalty_request_seconds_bucket{{le="{limit}"}} {number}')
        return [*found, f"loyalty_request_seconds_sum {seconds:.6f}", f"loyalty_request_seconds_count {took[-1]}"]


def tally() -> Tally:
    """Of the application of this request."""
    return cast(Tally, current_app.extensions["loyalty.tally"])


def _count(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(none)"
    method = request.method if request.url_rule else "(any)"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    tally().add(method, rule, response.status_code, seconds)
    return response


def count_requests(app: Flask) -> None:
    """Counts every request to `app` from now on."""
    app.extensions["loyalty.tally"] = Tally()
    app.after_request(_count)
