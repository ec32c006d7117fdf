"""The face of a member's card as it would be printed now, from what the counter knows of the member."""

from datetime import datetime
from decimal import Decimal

from loyalty.contract.outcomes import FaceData, MemberView, WalletView
from loyalty.counter.settings import CounterSettings

UNITS = {
    "points": {"en": "points", "zh-Hant": "積分", "zh-Hans": "积分"},
    "count": {"en": "stamps", "zh-Hant": "印花", "zh-Hans": "印花"},
}


def face_of(member: MemberView, settings: CounterSettings, now: datetime, *, masked: bool) -> FaceData:
    """`masked`: for screens that strangers can read."""
    wallet = next(iter(member.wallets.values()), WalletView(Decimal(0)))
    units = UNITS.get(wallet.kind)
    return FaceData(
        shop=settings.shop, name=member.masked_name if masked else member.name, number=member.number,
        balance=f"{wallet.available:,.{wallet.decimals}f}",
        unit=units.get(member.language, units["en"]) if units else settings.currency,
        tier=member.tier.name if member.tier else "", tier_rank=member.tier.rank if member.tier else 0,
        language=member.language, as_of=member.as_of or now, visited_on=now.astimezone(settings.zone).date(),
        expiring=wallet.expiring[0] if wallet.expiring else None,
    )  # fmt: skip
