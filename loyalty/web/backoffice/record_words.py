"""What the fields of kept records are called: in the audit log, and in all that is kept of a person."""

from loyalty.web.texts import N_, _

FIELDS: dict[str, str] = {
    "active": N_("active"), "active_at": N_("active at"), "activity": N_("activity"), "again": N_("again"),
    "amount": N_("amount"), "answer": N_("answer"), "at": N_("at"), "balance": N_("balance"),
    "balance_after": N_("balance after"), "base_amount": N_("base amount"), "base_cost": N_("base cost"),
    "birthday": N_("birthday"), "birthday_at": N_("birthday at"), "booking": N_("booking"), "by": N_("by means of"),
    "called": N_("called"), "cards": N_("cards"), "category": N_("category"), "channel": N_("channel"),
    "codes": N_("codes"), "cost": N_("cost"), "credit": N_("credit"), "credited_at": N_("credited at"),
    "day": N_("day"), "debit": N_("debit"), "deficit": N_("deficit"), "discount": N_("discount"), "due": N_("due"),
    "due_at": N_("due at"), "due_on": N_("due on"), "earned": N_("earned"), "email": N_("email"),
    "events": N_("events"), "expired": N_("expired"), "expires_at": N_("expires at"),
    "family_name": N_("family name"), "file": N_("file"), "floor": N_("floor"), "floor_until": N_("floor until"),
    "follows_activity": N_("follows activity"), "forgiven": N_("forgiven"), "from": N_("from the address"),
    "given_name": N_("given name"), "held": N_("put aside"), "held_cost": N_("held cost"),
    "household": N_("household"), "id": N_("id"), "inactivity": N_("inactivity"), "issued_at": N_("issued at"),
    "joined_at": N_("joined at"), "kind": N_("kind"), "labels": N_("labels"), "language": N_("language"),
    "last_day": N_("last day"), "level": N_("level"), "member": N_("member"), "name": N_("name"),
    "notes": N_("notes"), "number": N_("number"), "occurred_at": N_("occurred at"), "owner": N_("owner"),
    "paid": N_("paid"), "part": N_("part"), "pending": N_("pending"), "phone": N_("phone"), "points": N_("points"),
    "position": N_("position"), "programme": N_("programme"), "purchase": N_("purchase"),
    "purchases": N_("purchases"), "quantity": N_("quantity"), "reason": N_("reason"),
    "recorded_at": N_("recorded at"), "remaining": N_("remaining"), "reversed": N_("reversed"),
    "reverses": N_("reverses"), "review_on": N_("review on"), "role": N_("role"), "roles": N_("roles"),
    "rows": N_("rows"), "scopes": N_("scopes"), "since": N_("since"), "sku": N_("sku"), "spend": N_("spend"),
    "start_day": N_("start day"), "started": N_("started"), "status": N_("status"), "step": N_("step"),
    "store": N_("store"), "subject": N_("subject"), "template": N_("template"), "tender": N_("tender"),
    "text_version": N_("text version"), "tier": N_("tier"), "tier_since": N_("tier since"),
    "to": N_("to the member"), "token": N_("token"), "topup": N_("topup"), "total": N_("total"),
    "transfers": N_("transfers"), "units": N_("units"), "value": N_("value"), "version": N_("version"),
    "waits": N_("waits"), "wallet": N_("wallet"),
}  # fmt: skip
"""A field that is not here is shown by its own name."""


def field_word(name: str) -> str:
    """`name` as it stands in a row of the database or in an entry of the log."""
    return _(FIELDS[name]) if name in FIELDS else name.replace("_", " ")
