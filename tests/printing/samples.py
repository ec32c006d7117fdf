"""Faces and receipts as shops have them; `python -m tests.printing.samples` draws the golden pictures anew."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from loyalty.contract.outcomes import Expiring, FaceData, ReceiptData, ReceiptLine
from loyalty.printing.fonts import find_font
from loyalty.printing.picture import render_face_png

SHOP_ZONE = ZoneInfo("Asia/Hong_Kong")
GOLDEN = Path(__file__).parent / "golden"
PINNED_FONT = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
"""sha256 of NotoSansCJK-Regular.ttc of noto-cjk-sans-otc 0.0.1 and of Debian's fonts-noto-cjk alike."""

ENGLISH = FaceData(
    shop="Harbour Tea House", name="Alexandra Wong", number="880012345678", balance="1,740", unit="points",
    tier="Gold", tier_rank=2, language="en", as_of=datetime(2026, 11, 21, 11, 20, tzinfo=UTC),
    visited_on=date(2026, 11, 21), expiring=Expiring(date(2027, 4, 30), Decimal(200)),
)  # fmt: skip
HONG_KONG = replace(
    ENGLISH, shop="港灣茶室", name="啲嘢喺咗堃喆龘", unit="分", tier="銀卡會員", tier_rank=1, language="zh-Hant"
)
MAINLAND = replace(
    ENGLISH, shop="海港茶室", name="欧阳堃喆", unit="积分", tier="白金会员", tier_rank=3, language="zh-Hans",
    balance="1,234,567",
)  # fmt: skip
NEWCOMER = replace(
    ENGLISH, name="Maria-Antonia Konstantinopoulou-Featherstonehaugh", number="M000123", balance="0", tier="Member",
    tier_rank=0, expiring=None,
)  # fmt: skip
FACES = {"english": ENGLISH, "hong-kong": HONG_KONG, "mainland": MAINLAND, "newcomer": NEWCOMER}

RECEIPT = ReceiptData(
    shop="Harbour Tea House", title="Queen's Road Central", printed_at=datetime(2026, 11, 21, 11, 20, tzinfo=UTC),
    purchase="p_01JD9X6V5K", masked_name="Alexandra W.", number="880012345678", currency="HKD", total="115.65",
    earned="115", balance="1,740", unit="points", tier="Gold", language="en",
    lines=(
        ReceiptLine("Flat white", "38.00"),
        ReceiptLine("Sandwich with smoked salmon, cream cheese, capers and dill", "90.50"),
        ReceiptLine("10 % Gold", "-12.85"),
    ),
    notes=("200 points are valid to 30 Apr 2027.",),
)  # fmt: skip
CHINESE_RECEIPT = replace(
    RECEIPT, shop="港灣茶室", title="中環皇后大道中", masked_name="陳＊文", unit="分", tier="金卡", language="zh-Hant",
    lines=(
        ReceiptLine("凍檸茶 Iced lemon tea", "28.00"), ReceiptLine("菠蘿包", "100.50"), ReceiptLine("九折", "-12.85"),
    ),
    notes=("多謝惠顧！",),
)  # fmt: skip


def has_pinned_font() -> bool:
    """Are glyphs here dot by dot those of the golden pictures?"""
    return hashlib.sha256(find_font().read_bytes()).hexdigest() == PINNED_FONT


if __name__ == "__main__":
    for name, data in FACES.items():
        (GOLDEN / f"{name}.png").write_bytes(render_face_png(data, zone=SHOP_ZONE))
