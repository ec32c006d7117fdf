"""Members, faces and receipts for the tests of the counter."""

from datetime import UTC, date, datetime
from decimal import Decimal

from loyalty.contract.outcomes import FaceData, MemberView, ReceiptData, TierView, WalletView

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def member(id: str = "mem_1", points: int = 100, as_of: datetime = NOON, cards: tuple[str, ...] = ()) -> MemberView:
    """陳大文, or whoever has this id."""
    return MemberView(
        id=id, number=f"8800{id[-1]}", name="陳大文", masked_name="陳＊文", language="zh-Hant",
        tier=TierView("Gold", 2, 4), wallets={"points": WalletView(Decimal(points))},
        cards=cards or (f"card_uid:04A1B2C3D4E5F{id[-1]}", f"magstripe:8800{id[-1]}"), as_of=as_of,
    )  # fmt: skip


def face(points: str = "100", as_of: datetime = NOON) -> FaceData:
    return FaceData(
        shop="Harbour Club", name="陳大文", number="88001", balance=points, unit="積分", tier="Gold", tier_rank=2,
        language="zh-Hant", as_of=as_of, visited_on=date(2026, 11, 21),
    )  # fmt: skip


def receipt(purchase: str = "pur_1") -> ReceiptData:
    return ReceiptData(
        shop="Harbour Club", title="", printed_at=NOON, purchase=purchase, masked_name="陳＊文", number="88001",
        currency="HKD", total="128.50", earned="128", balance="228", unit="積分", tier="Gold", language="zh-Hant",
    )  # fmt: skip
