"""Balances and sales from a file: each a booking of the engine, under an id that is the same every time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.ops.imports import values as read
from loyalty.ops.imports.sale_lines import lines_of
from loyalty.ops.imports.verdicts import (
    Line,
    Scene,
    Verdict,
    members_by,
    named,
    refuse_twice,
    undone_times,
    wrong,
)
from loyalty.points import shapes
from loyalty.points.exact import exact, to_units
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables import bookings

Reader = Callable[[Scene, Line, str], tuple[str, dict[str, Any], datetime | None]]
"""From a row and its member: the key, the body of the engine's verb, and when it happened."""
PREFIXES = {"credit": "balance:", "purchase": "purchase:"}


def judge_balances(scene: Scene, lines: Sequence[Line]) -> list[Verdict]:
    return _judge(scene, lines, "credit", _balance)


def judge_purchases(scene: Scene, lines: Sequence[Line]) -> list[Verdict]:
    return _judge(scene, lines, "purchase", _purchase)


def _judge(scene: Scene, lines: Sequence[Line], verb: str, reader: Reader) -> list[Verdict]:
    members = members_by(scene, (line.values.get("member", "") for line in lines))
    drafts: list[Verdict] = []
    for line in lines:
        try:
            member = members.get(line.values.get("member", ""))
            if member is None:
                raise Invalid(f"member: nobody is {line.values.get('member', '')[:40]!r}; import the members first.",
                              pointer="member")
            key, body, at = reader(scene, line, member)
            refuse_twice(scene, key, line.line, "the same booking" if verb == "credit" else f"the id {body['id'][:40]}")
            drafts.append(Verdict(line.line, "new", {"verb": verb, "body": body, "at": at}, member, key))
        except LoyaltyError as error:
            drafts.append(wrong(line.line, error))
    times = undone_times(scene.session, [draft.key for draft in drafts if draft.key])
    named_drafts = [_named(draft, times.get(draft.key, 0)) for draft in drafts]
    done = _done(scene, [draft.values["body"]["id"] for draft in named_drafts if draft.key])
    return [_against(draft, done) for draft in named_drafts]


def _named(draft: Verdict, times: int) -> Verdict:
    if not draft.key:
        return draft
    body = {**draft.values["body"], "id": named(draft.values["body"]["id"], times)}
    return Verdict(draft.line, draft.effect, {**draft.values, "body": body}, draft.subject, draft.key)


def _done(scene: Scene, ids: Sequence[str]) -> dict[str, str]:
    """The digests of bookings that stand already."""
    statement = sa.select(bookings.c.id, bookings.c.digest).where(bookings.c.id.in_(ids))
    return {row.id: row.digest for row in scene.session.execute(statement)}


def _against(draft: Verdict, done: Mapping[str, str]) -> Verdict:
    if not draft.key or (digest := done.get(draft.values["body"]["id"])) is None:
        return draft
    if digest == shapes.digest(draft.values["verb"], draft.values["body"]):
        return Verdict(draft.line, "unchanged", subject=draft.subject)
    return wrong(draft.line, Conflict(_DIFFERENT[draft.values["verb"]], pointer="id"))


_DIFFERENT = {
    "credit": "Another balance of this member, wallet and expiry was imported before; correct the points by hand, or"
    " take that import back first.",
    "purchase": "A sale with this id was booked before with another content; give this one another id.",
}


def _balance(scene: Scene, line: Line, member: str) -> tuple[str, dict[str, Any], None]:
    wallet = scene.programme.wallets.get(line.values.get("wallet") or scene.programme.first_wallet)
    if wallet is None:
        names = ", ".join(scene.programme.wallets)
        raise Invalid(f"wallet: {line.values['wallet'][:40]!r} is none of {names}.", pointer="wallet")
    points = _positive(line, "points", wallet.decimals)
    body: dict[str, Any] = {"member": member, "wallet": wallet.name, "points": points, "reason": "opening balance"}
    ends = "policy"
    if "expires_on" in line.values:
        last = read.day(line.values["expires_on"], "expires_on")
        if last < scene.now.astimezone(scene.zone).date():
            raise Invalid(f"expires_on: {last} is over; points that are gone are not imported.", pointer="expires_on")
        ends = last.isoformat()
        body["expires_on"] = ends
    if "cost" in line.values:
        body["cost"] = _positive(line, "cost", scene.programme.digits)
    key = f"balance:{member}:{wallet.name}:{ends}"[:250]
    return key, {"id": key, **body}, None


def _purchase(scene: Scene, line: Line, member: str) -> tuple[str, dict[str, Any], datetime]:
    id = line.values.get("id", "")
    if not 1 <= len(id) <= 200:
        raise Invalid("id: a sale has an id of 1 to 200 characters, its receipt's number for example.", pointer="id")
    at = read.moment(line.values.get("occurred_at", ""), "occurred_at", scene.zone)
    if at > scene.now:
        raise Invalid(f"occurred_at: {at:%Y-%m-%d %H:%M} lies in the future; mend it.", pointer="occurred_at")
    body: dict[str, Any] = {"id": id, "member": member, **_sold(line, scene.programme.digits)}
    for name in ("store", "channel", "tender"):
        if name in line.values:
            body[name] = line.values[name][:200]
    return f"purchase:{id}", body, at


def _sold(line: Line, digits: int) -> dict[str, Any]:
    """The amount, or the lines that it is made of; of a sale whose lines are told nothing may have been to pay."""
    if "lines" not in line.values:
        return {"amount": _positive(line, "amount", digits)}
    return {"lines": lines_of(line.values["lines"], read.amount(line.values.get("amount", ""), "amount"), digits)}


def _positive(line: Line, field: str, decimals: int) -> Decimal:
    value = read.amount(line.values.get(field, ""), field)
    if value <= 0:
        raise Invalid(f"{field}: {value} is not above zero; leave the row out.", pointer=field)
    to_units(exact(value), decimals, field)
    return value


def apply(scene: Scene, verdict: Verdict) -> tuple[str, None]:
    """The booking's id. What the engine refuses is refused here, with its sentence."""
    body, at = verdict.values["body"], verdict.values["at"]
    Ledger(scene.session).perform(verdict.values["verb"], body, scene.now, at)
    return str(body["id"]), None


def undo(scene: Scene, subject: str, effect: str, before: Mapping[str, Any] | None) -> str:
    """A balance is reversed, a sale cancelled, both as bookings of their own; the engine may refuse with a reason."""
    verb = scene.session.scalar(sa.select(bookings.c.verb).where(bookings.c.id == subject))
    undoing = "cancel" if verb == "purchase" else "reverse"
    Ledger(scene.session).perform(undoing, {"id": f"undo:{subject}"[:255], "of": subject}, scene.now)
    return ""
