"""What kinds of credential there are, in the page's language."""

from loyalty.web.texts import _


def token_name(kind: str | None) -> str:
    """How a credential is read."""
    return {
        "card_uid": _("chip card"),
        "barcode": _("printed code"),
        "magstripe": _("magnetic stripe"),
        "sun": _("signed chip"),
        "phone": _("telephone"),
        "number": _("member number"),
        "claim": _("code on the receipt"),
    }.get(kind or "", kind or "")
