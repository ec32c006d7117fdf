"""A card that was not taken is told to whoever stands there: the reader is well, the card or the hand was not."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from loyalty.clock import Clock
from loyalty.counter.desk import Desk
from loyalty.counter.kiosk import TROUBLE_STAYS, Kiosk
from loyalty.counter.settings import DeviceSettings
from loyalty.counter.till import NOTICE_STAYS, Notice
from loyalty.errors import DeviceError


def refused_card(desk: Desk, devices: Sequence[DeviceSettings], clock: Clock) -> Callable[[str, DeviceError], None]:
    """Called with the device's id and what it said; the screens that the device feeds show one sentence."""
    feeds = {device.id: device.feeds for device in devices}

    def tell(device: str, error: DeviceError) -> None:
        now = clock()
        if "cashier" in feeds[device]:
            notice = Notice(error.code, f"{error} {error.advice}", now + NOTICE_STAYS)
            desk.act(lambda till: replace(till, notice=notice))
        if "kiosk" in feeds[device]:
            desk.act_on_kiosk(lambda kiosk: Kiosk(trouble=error.code, ends_at=now + TROUBLE_STAYS))

    return tell
