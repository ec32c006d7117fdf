"""Members from a file: who is new, who is known and different. A member brought along is given no welcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.enrolment import NewMember, change_member, create_member, get_member
from loyalty.members.names import clean_name
from loyalty.members.numbers import given_number
from loyalty.members.tables import Member, member_terms
from loyalty.members.tokens import phone_number
from loyalty.ops.imports import values as read
from loyalty.ops.imports.verdicts import Line, Scene, Verdict, refuse_twice, wrong
from loyalty.points.birthdays import correct_birthday
from loyalty.points.calendar import day_of
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_engine import Ledger
from loyalty.points.tables import accounts, standings

AFTER = "after"
"""In what is kept of a row: marks of the fields as the import left them."""
CHANGED = ("name", "family_name", "given_name", "phone", "email", "birthday", "language", "notes")


def judge(scene: Scene, lines: Sequence[Line]) -> list[Verdict]:
    """A known number is that member; without a number a known phone or e-mail is."""
    read_lines: list[tuple[Line, dict[str, Any] | LoyaltyError]] = []
    for line in lines:
        try:
            read_lines.append((line, _details(scene, line.values)))
        except LoyaltyError as error:
            read_lines.append((line, error))
    known = _known(scene, [each for _, each in read_lines if isinstance(each, dict)])
    found = []
    for line, details in read_lines:
        if isinstance(details, LoyaltyError):
            found.append(wrong(line.line, details))
            continue
        try:
            found.append(_verdict(scene, line.line, details, known))
        except LoyaltyError as error:
            found.append(wrong(line.line, error))
    return found


def _details(scene: Scene, values: Mapping[str, str]) -> dict[str, Any]:
    region, found = scene.conventions.phone_region, dict[str, Any](values)
    if "name" in found:
        found["name"] = clean_name(found["name"])
    for part in {"family_name", "given_name"} & set(found):
        if len(found[part]) > 60:
            raise Invalid(f"{part}: longer than 60 characters; shorten it.", pointer=part)
    if "number" in found:
        found["number"] = given_number(found["number"])
    if "phone" in found:
        found["phone"] = phone_number(found["phone"], region)
    if "email" in found:
        found["email"] = _email(found["email"])
    if "language" in found:
        found["language"] = read.language(found["language"])
    if "birthday" in found:
        found["birthday"] = read.day(found["birthday"], "birthday")
        if not date(1900, 1, 1) <= found["birthday"] <= scene.now.date():
            raise Invalid(f"birthday: {found['birthday']} cannot be right; it lies after 1900.", pointer="birthday")
    if "joined_at" in found:
        found["joined_at"] = read.moment(found["joined_at"], "joined_at", scene.zone)
        if found["joined_at"] > scene.now:
            raise Invalid("joined_at: nobody can join in the future; mend it or leave it out.", pointer="joined_at")
    return found


def _email(text: str) -> str:
    address = text.strip().lower()
    local, at, domain = address.partition("@")
    if not (local and at and "." in domain) or " " in address or len(address) > 254:
        raise Invalid(f"email: {address[:60]!r} is no e-mail address; write it as name@example.com.", pointer="email")
    return address


def _known(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Member]:
    found: dict[tuple[str, str], Member] = {}
    for name in ("number", "phone", "email"):
        wanted = {row[name] for row in rows if name in row}
        column = getattr(Member, name)
        for member in scene.session.scalars(sa.select(Member).where(column.in_(wanted))) if wanted else ():
            found[name, getattr(member, name)] = member
    return found


def _verdict(scene: Scene, line: int, details: dict[str, Any], known: Mapping[tuple[str, str], Member]) -> Verdict:
    for name in ("number", "phone", "email"):
        if name in details:
            refuse_twice(scene, f"{name}:{details[name]}", line, f"the {name} {details[name]}")
    asked = {name: (name, details[name]) for name in ("number", "phone", "email") if name in details}
    holders = {name: known[each] for name, each in asked.items() if each in known}
    member = holders.get("number")
    if member is None and "number" not in details:
        member = holders.get("phone") or holders.get("email")
    for name, holder in holders.items():
        if member is None or holder.id != member.id:
            raise Conflict(f"{name}: {details[name]} belongs to member {holder.number} already; mend one of them.",
                           pointer=name)
    if member is None:
        return _new(line, details)
    changes = {name: details[name] for name in CHANGED if name in details and getattr(member, name) != details[name]}
    if not changes and member.status == "active":
        return Verdict(line, "unchanged", subject=member.id)
    return Verdict(line, "changed", changes, member.id, key=f"member:{member.id}")


def _new(line: int, details: dict[str, Any]) -> Verdict:
    if "name" not in details:
        parts = [details[part] for part in ("family_name", "given_name") if part in details]
        if not parts:
            raise Invalid("name: a new member needs a name; fill it in.", pointer="name")
        western = all(part.isascii() for part in parts)
        details = {**details, "name": clean_name(" ".join(reversed(parts)) if western else "".join(parts))}
    return Verdict(line, "new", details)


def apply(scene: Scene, verdict: Verdict) -> tuple[str, dict[str, Any] | None]:
    """Does it; the member's id, and of somebody changed what it was like before."""
    session, now = scene.session, scene.now
    if verdict.effect == "new":
        member = create_member(session, NewMember(**verdict.values), now, scene.conventions)
        joined = day_of(member.joined_at, scene.zone)
        Ledger(session).enrol(Enrolment(member.id, joined=joined, birthday=member.birthday), now)
        return member.id, {AFTER: _marks(member, CHANGED)}
    member = get_member(session, verdict.subject)
    before = {name: getattr(member, name) for name in verdict.values} | {"status": member.status}
    _change(scene, member.id, verdict.values, "active")
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()}
    return member.id, {**kept, AFTER: _marks(member, verdict.values)}


def _marks(member: Member, fields: Iterable[str]) -> dict[str, str]:
    """By which it is seen later whether somebody changed a field since; not the values themselves."""
    return {name: sha256(f"{member.id}:{getattr(member, name)}".encode()).hexdigest()[:12] for name in fields}


def _change(scene: Scene, id: str, changes: Mapping[str, Any], status: str) -> None:
    member = change_member(scene.session, id, changes, scene.now, scene.conventions, None)
    member.status = status
    if "birthday" in changes:
        correct_birthday(scene.session, id, member.birthday, scene.now)
    scene.session.flush()


def undo(scene: Scene, subject: str, effect: str, before: Mapping[str, Any] | None) -> str:
    """Who was new is closed, without phone and e-mail; who was changed is as before, but for what somebody changed
    since: that stays, and is told. Invalid with points or sales, and for somebody new whom somebody edited since.
    """
    old = dict(before or {})
    member = get_member(scene.session, subject)
    if member.status in ("erased", "merged"):
        raise Invalid("The record was erased or merged since; there is nothing to be taken back.")
    seen = old.pop(AFTER, {})
    edited = [name for name, mark in _marks(member, seen).items() if mark != seen[name]]
    if effect == "changed":
        return _put_back(scene, subject, old, edited)
    if edited and member.status == "active":
        raise Invalid(f"Somebody changed the member since ({', '.join(edited)}); close the member by hand.")
    points = sa.select(accounts.c.wallet).where(accounts.c.member == subject, accounts.c.balance != 0)
    sales = sa.select(standings.c.member).where(standings.c.member == subject, standings.c.purchases > 0)
    if scene.session.execute(points).first() or scene.session.execute(sales).first():
        raise Invalid("The member has points or sales since; take those back first, or close the member by hand.")
    member.status, member.phone, member.email = "closed", None, None
    member.version += 1
    member.updated_at = scene.now
    gone = member_terms.c.kind.in_(("phone", "tail", "email"))
    scene.session.execute(sa.delete(member_terms).where(member_terms.c.member_id == subject, gone))
    scene.session.flush()
    return ""


def _put_back(scene: Scene, subject: str, old: dict[str, Any], edited: Sequence[str]) -> str:
    """What stays as it is, in a sentence; empty when all went back."""
    status = old.pop("status", "active")
    old = {name: value for name, value in old.items() if name not in edited}
    if old.get("birthday"):
        old["birthday"] = date.fromisoformat(old["birthday"])
    _change(scene, subject, old, status)
    return f"Somebody changed {', '.join(edited)} since; that stays, the rest went back." if edited else ""
