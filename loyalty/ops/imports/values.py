"""From the text of a cell to a value: days, moments and amounts as shops write them, and never by guessing."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from loyalty.errors import Invalid

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z|(\d{4})(\d{2})(\d{2})\Z")
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z")
_LANGUAGES = {
    "en": "en", "english": "en", "英文": "en", "zh-hant": "zh-Hant", "zh-hk": "zh-Hant", "zh-tw": "zh-Hant",
    "zh-mo": "zh-Hant", "繁體": "zh-Hant", "繁體中文": "zh-Hant", "zh-hans": "zh-Hans", "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans", "简体": "zh-Hans", "简体中文": "zh-Hans",
}  # fmt: skip


def day(text: str, field: str) -> date:
    """2026-03-01, 2026/3/1, 2026年3月1日 or 20260301. 03/04/2026 is refused: nobody knows which is the month."""
    found = _DAY.match(text.strip())
    if found:
        year, month, number = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, number)
        except ValueError:
            pass
    raise Invalid(f"{field}: {text[:40]!r} is no date; write it as 2026-03-31.", pointer=field)


def moment(text: str, field: str, zone: ZoneInfo) -> datetime:
    """A day (its noon), a day with a time in the shop's zone, or a moment with its offset from UTC."""
    head, _, tail = text.strip().replace("T", " ").partition(" ")
    on = day(head, field)
    try:
        found = datetime.fromisoformat(f"{on.isoformat()}T{tail.strip() or '12:00'}")
    except ValueError as error:
        raise Invalid(f"{field}: {text[:40]!r} is no time; write it as 2026-03-31 18:05.", pointer=field) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def amount(text: str, field: str) -> Decimal:
    """1234.50, 1,234.50, $1,234.50. A comma before two digits at the end is refused."""
    plain = re.sub(r"\A(?:HK|NT|US)?[$¥￥]\s*|\s", "", text.strip())
    if re.search(r",\d{1,2}\Z", plain) or not _AMOUNT.match(bare := plain.replace(",", "")):
        raise Invalid(f"{field}: {text[:40]!r} is no amount; write it as 1234.50.", pointer=field)
    return Decimal(bare)


def language(text: str) -> str:
    """One of the three, by its tag or its own name."""
    found = _LANGUAGES.get(text.strip().lower().replace("_", "-"))
    if found is None:
        raise Invalid(f"language: {text[:40]!r} is none of en, zh-Hant, zh-Hans.", pointer="language")
    return found
