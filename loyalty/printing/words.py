"""The few words that stand on faces and receipts, and how each language writes dates and numbers."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal


@dataclass(frozen=True)
class Words:
    """Templates take named fields; `date` forms take a date."""

    date: str
    valid_to: str
    last_visit: str
    as_of: str
    number: str
    member: str
    total: str
    earned: str
    balance: str
    level: str
    scan: str


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

EN = Words(
    date="{d.day} {month} {d.year}", valid_to="{amount} {unit} valid to {date}", last_visit="Last visit {date}",
    as_of="as of {time}", number="No. {number}", member="Member", total="TOTAL", earned="Earned today",
    balance="Balance", level="Level", scan="Purchase {purchase}",
)  # fmt: skip
ZH_HANT = Words(
    date="{d.year}年{d.month}月{d.day}日", valid_to="{amount} {unit}有效至 {date}", last_visit="最近光臨 {date}",
    as_of="截至 {time}", number="編號 {number}", member="會員", total="總計", earned="本次獲得",
    balance="結餘", level="級別", scan="單號 {purchase}",
)  # fmt: skip
ZH_HANS = Words(
    date="{d.year}年{d.month}月{d.day}日", valid_to="{amount} {unit}有效至 {date}", last_visit="最近光临 {date}",
    as_of="截至 {time}", number="编号 {number}", member="会员", total="合计", earned="本次获得",
    balance="余额", level="级别", scan="单号 {purchase}",
)  # fmt: skip


def words_of(language: str) -> Words:
    """The words of en, zh-Hant or zh-Hans (with or without a region); English for all else."""
    if language.startswith(("zh-Hans", "zh-CN", "zh-SG")):
        return ZH_HANS
    return ZH_HANT if language.startswith("zh") else EN


def date_text(words: Words, day: date) -> str:
    """`30 Apr 2027` or `2027年4月30日`."""
    return words.date.format(d=day, month=_MONTHS[day.month - 1])


def time_text(moment: datetime | time) -> str:
    """`19:20`."""
    return f"{moment:%H:%M}"


def number_text(amount: Decimal) -> str:
    """With thousands separators, with no more decimals than there are: `1,740`, `12.50`."""
    whole = amount == amount.to_integral_value()
    return f"{amount.to_integral_value():,}" if whole else f"{amount:,}"


def grouped(number: str) -> str:
    """A long number of digits in groups of four from the left, as it is read aloud; others unchanged."""
    if not number.isdigit() or len(number) < 8:
        return number
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
