"""How much this counter may give away without the server: what the shop says, and its own settings where stricter."""

import json
import logging

from loyalty.contract.offline import OfflinePolicy
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.known import Known
from loyalty.counter.settings import CounterSettings
from loyalty.errors import Invalid

POINTS, DAYS = 0, 14
"""Where neither says anything."""
_KNOWN = "offline_policy"
log = logging.getLogger(__name__)


class OfflineLimits:
    """What the shop said last is on the disk: it holds on after a restart in the middle of an outage."""

    def __init__(self, settings: CounterSettings, known: Known) -> None:
        self._settings, self._known = settings, known

    def heed(self, policy: OfflinePolicy) -> None:
        """From now on."""
        if policy != self._shops():
            self._known.put(_KNOWN, json.dumps(to_json(policy)))

    @property
    def points(self) -> int:
        """Of one member in 24 hours."""
        return _stricter(self._shops().redeem_points, self._settings.offline_redeem_points, POINTS)

    @property
    def days(self) -> int:
        """After the server last told of the member."""
        return _stricter(self._shops().days, self._settings.offline_days, DAYS)

    def _shops(self) -> OfflinePolicy:
        kept = self._known.get(_KNOWN)
        try:
            return from_json(OfflinePolicy, json.loads(kept)) if kept else OfflinePolicy()
        except (Invalid, ValueError) as error:  # of another version: the server says it again
            log.warning("the shop's limits cannot be read: %s", error)
            return OfflinePolicy()


def _stricter(shop: int | None, own: int | None, otherwise: int) -> int:
    return min((each for each in (shop, own) if each is not None), default=otherwise)
