"""Cards from a file: each for a member that is known by number, phone, e-mail or printed code."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.cards import GONE, add_card, step_card
from loyalty.members.tables import Card, Member
from loyalty.members.tokens import CARD_KINDS, normalised
from loyalty.ops.imports.verdicts import Line, Scene, Verdict, members_by, refuse_twice, wrong


def judge(scene: Scene, lines: Sequence[Line]) -> list[Verdict]:
    """Without a kind, 8, 14 or 20 hexadecimal digits with a letter or colon among them are a chip, others a code."""
    members = members_by(scene, (line.values.get("member", "") for line in lines))
    cards = [_card(scene, line) for line in lines]
    holders = _holders(scene, [each for each in cards if isinstance(each, tuple)])
    found = []
    for line, card in zip(lines, cards, strict=True):
        try:
            if isinstance(card, LoyaltyError):
                raise card
            member = members.get(line.values.get("member", ""))
            if member is None:
                raise Invalid(f"member: nobody is {line.values.get('member', '')[:40]!r}; import the members first.",
                              pointer="member")
            refuse_twice(scene, f"card:{card[0]}:{card[1]}", line.line, f"the card {card[1][:40]}")
            holder = holders.get(card)
            if holder is not None and holder[0] != member:
                raise Conflict(f"token: the card is member {holder[1]}'s; retire it there first.", pointer="token")
            effect = "unchanged" if holder else "new"
            values = {"kind": card[0], "token": card[1]}
            found.append(Verdict(line.line, effect, values, member, f"card:{card[1]}"[:255]))
        except LoyaltyError as error:
            found.append(wrong(line.line, error))
    return found


def _card(scene: Scene, line: Line) -> tuple[str, str] | LoyaltyError:
    token = line.values.get("token", "")
    kind = line.values.get("kind") or _kind_of(token)
    try:
        if kind not in CARD_KINDS:
            raise Invalid(f"kind: {kind[:40]!r} is none of {', '.join(CARD_KINDS)}.", pointer="kind")
        return kind, normalised(kind, token, scene.conventions.phone_region)
    except LoyaltyError as error:
        return error


def _kind_of(token: str) -> str:
    bare = "".join(c for c in token.upper() if c not in " :.-")
    marked = not bare.isdigit() or ":" in token
    return "card_uid" if marked and len(bare) in (8, 14, 20) and set(bare) <= set("0123456789ABCDEF") else "barcode"


def _holders(scene: Scene, cards: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Who has each card in use: member's id and number."""
    statement = (
        sa.select(Card.kind, Card.token, Card.member_id, Member.number)
        .join(Member, Member.id == Card.member_id)
        .where(Card.token.in_({token for _, token in cards}), Card.status.not_in(GONE))
    )
    return {(row.kind, row.token): (row.member_id, row.number) for row in scene.session.execute(statement)}


def apply(scene: Scene, verdict: Verdict) -> tuple[str, None]:
    """The new card's id."""
    kind, token = verdict.values["kind"], verdict.values["token"]
    card = add_card(scene.session, verdict.subject, kind, token, scene.now, scene.conventions, staff="import")
    return card.id, None


def undo(scene: Scene, subject: str, effect: str, before: Mapping[str, Any] | None) -> str:
    """The card is retired: its life stays on record."""
    step_card(scene.session, subject, "retire", scene.now, staff="import", reason="the import was taken back")
    return ""
