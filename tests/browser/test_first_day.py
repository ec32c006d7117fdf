"""A shop owner's first day holds as docs/first-day.md tells it, from an empty machine to the first backup.

`LOYALTY_TEST_PICTURES=docs/screenshots/first-day` makes the page's pictures anew.
"""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.first_day import whole_day
from tests.browser.office import browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
__all__ = ["browser"]


def test_from_an_empty_machine_to_the_first_backup(browser: Browser, tmp_path: Path) -> None:
    seen: list[str] = []
    folder = os.environ.get("LOYALTY_TEST_PICTURES")

    def snap(name: str, page: Page) -> None:
        seen.append(name)
        if folder:
            keep(Path(folder) / f"{name}.png", page.screenshot())

    whole_day(tmp_path, browser, snap)
    told = (Path(__file__).parents[2] / "docs" / "first-day.md").read_text("utf-8")
    assert [name for name in seen if f"first-day/{name}.png" not in told] == []


def keep(file: Path, png: bytes) -> None:
    """As a palette picture: a quarter of the size, no visible loss on flat surfaces."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.open(BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
