"""Which calls stand in the audit log: whatever changes members, cards, the programme, keys or staff.

Sales, holds and reports of counters do not: the ledger and the counters' own lists are their log, entry by entry.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from loyalty.db import audit
from loyalty.members.tables import Card, Member

TOLD_SCOPES = frozenset({"members", "programme", "import", "webhooks", "console"})
"""A changing call of one of these scopes is told, under the name in ACTIONS or under one made of its address."""

ACTIONS: dict[str, str] = {
    "POST /members": "member.create",
    "PATCH /members/<id>": "member.edit",
    "DELETE /members/<id>": "member.erase",
    "POST /members:merge": "member.merge",
    "POST /members:unmerge": "member.unmerge",
    "POST /cards": "card.issue",
    "POST /cards/<id>:activate": "card.activate",
    "POST /cards/<id>:block": "card.block",
    "POST /cards/<id>:retire": "card.retire",
    "POST /cards/<id>:replace": "card.replace",
    "POST /card-batches": "card.receive",
    "POST /card-batches/<id>:withdraw": "card.withdraw",
    "PUT /programme": "programme.put",
    "PATCH /programme": "programme.put",
    "POST /api-keys": "key.create",
    "POST /api-keys/<id>:revoke": "key.revoke",
    "POST /staff": "staff.create",
    "POST /webhook-endpoints": "webhook.create",
    "DELETE /webhook-endpoints/<id>": "webhook.drop",
    "POST /webhook-endpoints/<id>:rotate": "webhook.rotate",
    "POST /webhook-endpoints/<id>:resume": "webhook.resume",
    "POST /webhook-endpoints/<id>:test": "webhook.test",
    "POST /webhook-deliveries/<id>:resend": "webhook.resend",
    "POST /counters/<id>:code": "counter.code",
    "POST /counters/<id>:revoke": "counter.revoke",
}
_KINDS = {"members": "member", "cards": "card", "card-batches": "batch", "programme": "programme"}
_KINDS |= {"api-keys": "key", "staff": "staff", "counters": "counter"}
_KINDS |= {"webhook-endpoints": "webhook", "webhook-deliveries": "webhook message"}
_TABLES: dict[str, type[Member] | type[Card]] = {"member": Member, "card": Card}


def action_of(method: str, path: str) -> str:
    """`member.edit` for `PATCH /members/<id>`; `imports.post` for an address that has no name yet."""
    return ACTIONS.get(f"{method} {path}") or f"{path.strip('/').partition('/')[0]}.{method.lower()}"


def actor_of(key: str, path: str) -> str:
    """Who calls: a key by its id, or a command on the server's own machine."""
    if key != "console":
        return f"key:{key}"
    command = {"/staff": "staff", "/programme": "programme", "/api-keys": "apikey"}.get(path.partition("/<")[0])
    return f"command:loyalty {command or path.strip('/')}"


def state(session: Session, path: str, parts: Mapping[str, str], names: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields `names` of the member or card in the address are at this moment; empty for anything else."""
    table = _TABLES.get(_kind(path))
    found = session.get(table, parts["id"]) if table and "id" in parts else None
    if found is None:
        return {}
    wanted = [*names, "status"] if isinstance(found, Card) else list(names)
    return {name: getattr(found, name) for name in wanted if hasattr(found, name)}


def subject_of(path: str, parts: Mapping[str, str], body: Any) -> str:
    """`member:mem_1`: of the address, else of the answer."""
    kind, answer = _kind(path), body if isinstance(body, Mapping) else {}
    name = "email" if kind == "staff" else "version" if kind == "programme" else "id"
    return f"{kind}:{parts.get('id') or answer.get(name, '')}"[:255]


def tell_call(
    session: Session, method: str, path: str, key: str, parts: Mapping[str, str], body: Any, now: Any,
    before: Mapping[str, Any], after: Mapping[str, Any],
) -> None:  # fmt: skip
    """One entry for a call that was carried out, in its transaction."""
    kept = {name: _short(value) for name, value in after.items() if name not in ("reason", "raw")}
    audit.note(
        session, actor_of(key, path), action_of(method, path), subject_of(path, parts, body), now,
        before=before, after=kept, why=str(after.get("reason") or ""),
    )  # fmt: skip


def _short(value: Any) -> Any:
    """Of a long list only how long it was."""
    return f"{len(value)} of them" if isinstance(value, list | tuple) and len(value) > 20 else value


def _kind(path: str) -> str:
    first = path.strip("/").partition("/")[0].partition(":")[0]
    return _KINDS.get(first, first)
