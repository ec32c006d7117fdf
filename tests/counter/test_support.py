"""What leaves the shop in a support bundle; the whole way of one is tried in tests/browser/test_bench.py."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.settings import CounterSettings, DeviceSettings
from loyalty.counter.support import bundle

KEYS = ("A0A1A2A3A4A5", "0F1E2D3C4B5A69788796A5B4C3D2E1F0")


def test_the_keys_of_the_shops_cards_stay_in_the_shop(tmp_path: Path) -> None:
    mark = {"card": "classic", "blocks": [8, 9], "key": KEYS[0], "seal_key": KEYS[1]}
    reader = DeviceSettings("reader", "card_reader", "acr122u", "pcsc:ACR122U", card_mark=mark)
    settings = CounterSettings("T1", tmp_path, devices=(reader,))
    unit = DeviceThread(reader, None, lambda state: None)  # type: ignore[arg-type]
    packed = bundle(settings, unit, None, (), lambda: datetime(2026, 5, 4, tzinfo=UTC))
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert not [name for name in archive.namelist() for key in KEYS if key in archive.read(name).decode()]
    kept = json.loads(archive.read("settings.json"))["devices"][0]["card_mark"]
    assert kept == {"card": "classic", "blocks": [8, 9], "key": "(hidden)", "seal_key": "(hidden)"}
