"""Translation with types, and sentences that stand in Python and not in a template, marked for the catalogues."""

import flask_babel


def _(text: str, **values: object) -> str:
    """`text` in the page's language, with `%(name)s` filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """As `_`, in the form that fits `num`, which also fills `%(num)s`."""
    return str(flask_babel.ngettext(one, many, num, **values))


def N_(text: str) -> str:
    """Marks `text` for translation without translating it now."""
    return text


LOGIN_MESSAGES: dict[str, str] = {
    "GENERIC_AUTHN_FAILED": N_("This e-mail address and password do not belong together. Check both and try again."),
    "EMAIL_NOT_PROVIDED": N_("Type your e-mail address."),
    "INVALID_EMAIL_ADDRESS": N_("This is no e-mail address; write it as name@shop.example."),
    "PASSWORD_NOT_PROVIDED": N_("Type your password."),
    "UNAUTHENTICATED": N_("Log in to see this page."),
    "LOGIN": N_("Log in to see this page."),
    "TWO_FACTOR_INVALID_TOKEN": N_("This code does not fit. Type the one that the app shows now."),
    "TWO_FACTOR_PERMISSION_DENIED": N_("Log in to see this page."),
    "INVALID_RECOVERY_CODE": N_("This is no recovery code of yours, or it was used already."),
    "INVALID_PASSWORD": N_("This is not your present password."),
    "INVALID_CODE": N_("This code does not fit. Type the one that the app shows now."),
}
"""Flask-Security's own keys, in our words."""

ROLE_NAMES: dict[str, str] = {
    "cashier": N_("Cashier"),
    "supervisor": N_("Supervisor"),
    "marketing": N_("Marketing"),
    "analyst": N_("Analyst"),
    "technician": N_("Technician"),
    "administrator": N_("Administrator"),
    "kiosk": N_("Kiosk"),
}
