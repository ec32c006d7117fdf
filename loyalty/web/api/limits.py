"""How often a program may ask: so many calls a minute for each key, so that one that runs wild leaves room to others.

What a counter program calls is never limited: a till must not wait because the shop is busy.
"""

import math
import time

from flask import Flask, Response, current_app, g
from flask_limiter import Limiter, RateLimitExceeded

from loyalty.errors import LoyaltyError
from loyalty.web.api.keys import LENT_TO_COUNTERS, ApiKey
from loyalty.web.api.problems import refused

_EXTENSION = "loyalty_api_limit"


class TooOften(LoyaltyError):
    """`retry_after_s`: whole seconds after which the key may ask again."""

    code = "rate_limited"

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


def install_limit(app: Flask, per_minute: int) -> None:
    """Each process counts for itself. 0: no limit."""
    if not per_minute:
        return
    limiter = Limiter(key_func=_asking, app=app, storage_uri="memory://", headers_enabled=False)
    app.extensions[_EXTENSION] = limiter, limiter.shared_limit(f"{per_minute} per minute", scope="api"), per_minute


def must_not_flood(key: ApiKey, method: str, path: str, scope: str) -> None:
    """Counts the call, which is of `scope`. TooOften when its key has used up its minute."""
    lent = "counter" in key.scopes and (method, path) in LENT_TO_COUNTERS
    if lent or scope in ("counter", "console") or key.id == "console" or _EXTENSION not in current_app.extensions:
        return
    limiter, limit, per_minute = current_app.extensions[_EXTENSION]
    g.api_key = key.id
    try:
        with limit:
            return
    except RateLimitExceeded:
        used_up = limiter.current_limit
    wait_s = min(60, max(1, math.ceil(used_up.reset_at - time.time()))) if used_up else 60
    raise TooOften(f"This key has asked {per_minute:,} times within a minute; ask again in {wait_s} s.", wait_s)


def told_to_wait(often: TooOften) -> Response:
    """The refusal with `Retry-After`."""
    answer = refused(often)
    answer.headers["Retry-After"] = str(often.retry_after_s)
    return answer


def _asking() -> str:
    return str(g.api_key)
