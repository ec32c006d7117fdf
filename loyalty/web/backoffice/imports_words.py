"""Fields of imported files in the page's language."""

from loyalty.web.texts import N_, _

FIELD_WORDS: dict[str, str] = {
    "number": N_("Member number"),
    "name": N_("Name"),
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "birthday": N_("Birthday"),
    "language": N_("Language"),
    "joined_at": N_("Member since"),
    "notes": N_("Notes"),
    "member": N_("Member (number, phone, e-mail or card)"),
    "kind": N_("Kind of card"),
    "token": N_("Card number"),
    "wallet": N_("Wallet"),
    "points": N_("Points"),
    "expires_on": N_("Last day"),
    "cost": N_("Paid for them"),
    "id": N_("Receipt number"),
    "amount": N_("Amount"),
    "occurred_at": N_("Date and time"),
    "store": N_("Shop"),
    "channel": N_("Channel"),
    "tender": N_("Paid with"),
    "lines": N_("Lines (category=amount; …)"),
}


def field_word(field: str) -> str:
    return _(FIELD_WORDS[field]) if field in FIELD_WORDS else field
