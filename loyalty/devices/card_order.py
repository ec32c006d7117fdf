"""Stripe and face of one card in one job: which comes first, and how far each got when the job was interrupted.

    stripe   written and read back first: what fails there has worn nothing. The print pushes the card out
    face     erased and printed first, the card kept inside until the stripe is right too, and only then pushed out:
             no card leaves with a new stripe and an old face
"""

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.errors import DeviceError, Rejected

STRIPE, FACE = "stripe", "face"
ORDERS = (STRIPE, FACE)
UNTOUCHED, UNKNOWN, PRINTED, WRITTEN = "untouched", "unknown", "printed", "written"
VERIFIED = "verified"
"""For DeviceError.stripe where the other half is a chip that is looked at and not written."""


class TwoHalves:
    """Gives a card printer the verb make(), from its own verbs and from the three below."""

    _profile: Profile
    _lock: threading.RLock

    @abstractmethod
    def _refuse(self, face: Raster, tracks: dict[int, str], present: Raster | None) -> None:
        """Rejected or NoCard when either half could not be done. Nothing has happened yet."""

    @abstractmethod
    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        """As rewrite(), but the card stays inside where `keep` says so."""

    @abstractmethod
    def write_stripe(self, tracks: dict[int, str]) -> None: ...

    @abstractmethod
    def eject(self) -> None: ...

    def make(self, face: Raster, tracks: dict[int, str], present: Raster | None = None, order: str = "") -> None:
        """Stripe and face of the card inside, which is outside on return; order: `stripe` or `face` first.

        Without `order` the profile's counts. After an error `half` tells of the face and `stripe` of the stripe
        (untouched, unknown, printed or written), exactly: no half is said to be done or untouched that is not. The card
        stays inside where the unit can keep it; give it back with eject(), or call again with `present=face` when the
        face is printed already: it is not printed twice.
        """
        with self._lock:
            in_order(
                order or self._profile["order"],
                refuse=lambda: self._refuse(face, tracks, present),
                data=lambda: self.write_stripe(tracks),
                face=lambda keep: self._rewrite(face, present, keep=keep),
                out=self.eject,
            )


def in_order(
    order: str, *, refuse: Callable[[], None], data: Callable[[], None], face: Callable[[bool], None],
    out: Callable[[], None], done: str = WRITTEN,
) -> None:  # fmt: skip
    """`refuse` raises before anything happens; `face` is told whether to keep the card; `done`: the data's good end."""
    with told(half=UNTOUCHED, stripe=UNTOUCHED):
        if order not in ORDERS:
            said = f"The order of a card's halves is stripe or face, not {order!r}."
            raise Rejected(said, advice="Use stripe or face.")
        refuse()
    if order == FACE:
        with told(stripe=UNTOUCHED):
            face(True)
        _data(data, half=PRINTED)
        with told(half=PRINTED, stripe=done):
            out()
    else:
        _data(data, half=UNTOUCHED)
        with told(stripe=done):
            face(False)


@contextmanager
def told(*, stripe: str, half: str = "") -> Iterator[None]:
    """Errors within say how far both halves got, unless they know it better."""
    try:
        yield
    except DeviceError as error:
        error.half, error.stripe = error.half or half or UNKNOWN, error.stripe or stripe
        raise


def _data(work: Callable[[], None], *, half: str) -> None:
    """What a failed writing calls the half is the stripe's; the face is at `half` meanwhile."""
    try:
        work()
    except DeviceError as error:
        error.stripe, error.half = error.half or UNKNOWN, half
        raise
