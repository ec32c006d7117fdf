"""The kiosk's mind: one member at a time, only while they are there. Values in, values out, as in `till`."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token

LONGEST = timedelta(seconds=60)
"""Without a touch. The screen itself asks after 20 s and leaves after 40 s; this holds when the screen is dead."""
TROUBLE_STAYS = timedelta(seconds=12)


@dataclass(frozen=True)
class Kiosk:
    """Empty while the attract screen stands. `trouble` is the code of a sentence: unknown_member, card_blocked …"""

    token: Token | None = None
    member: MemberView | None = None
    fresh: bool = False
    trouble: str = ""
    ends_at: datetime | None = None


def see(now_showing: Kiosk, token: Token, now: datetime) -> Kiosk:
    """A card: whoever was shown before is gone at once."""
    if now_showing.token and _same(now_showing.token, token) and now_showing.member:
        return replace(now_showing, ends_at=now + LONGEST)
    return Kiosk(token=token, ends_at=now + LONGEST)


def found(kiosk: Kiosk, token: Token, member: MemberView, fresh: bool) -> Kiosk:
    """Shown only while that very card is still the one in hand."""
    if kiosk.token is None or not _same(kiosk.token, token) or (kiosk.fresh and not fresh):
        return kiosk
    return replace(kiosk, member=member, fresh=fresh, trouble="")


def not_found(kiosk: Kiosk, token: Token, code: str, now: datetime) -> Kiosk:
    if kiosk.token is None or not _same(kiosk.token, token):
        return kiosk
    return Kiosk(token=token, trouble=code, ends_at=now + TROUBLE_STAYS)


def refreshed(kiosk: Kiosk, member: MemberView) -> Kiosk:
    """The member has just bought or undone something."""
    if kiosk.member and kiosk.member.id == member.id:
        return replace(kiosk, member=member, fresh=True)
    return kiosk


def gone(kiosk: Kiosk, token: Token | None) -> Kiosk:
    """The card was taken away (None: the reader itself is lost, so nobody can tell): nothing stays."""
    if kiosk.token is None or (token and not _same(kiosk.token, token)):
        return kiosk
    return kiosk if kiosk.trouble else Kiosk()


def touched(kiosk: Kiosk, now: datetime) -> Kiosk:
    return replace(kiosk, ends_at=now + LONGEST) if kiosk.token else kiosk


def tick(kiosk: Kiosk, now: datetime) -> Kiosk:
    return Kiosk() if kiosk.ends_at and now >= kiosk.ends_at else kiosk


def _same(one: Token, other: Token) -> bool:
    return (one.kind, one.value) == (other.kind, other.value)
