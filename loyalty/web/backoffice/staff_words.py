"""Words about staff: roles with what they may do, and refusals in the page's language."""

from loyalty.errors import Conflict, LoyaltyError, NotFound
from loyalty.web.texts import N_, ROLE_NAMES, _

_DUTIES: dict[str, str] = {
    "cashier": N_("serves members at the counter"),
    "supervisor": N_("runs a shop, settles reports, blocks cards"),
    "marketing": N_("cares for the programme and its members"),
    "analyst": N_("reads figures and changes nothing"),
    "technician": N_("looks after devices"),
    "administrator": N_("may do everything, staff and settings included"),
    "kiosk": N_("a kiosk's own log-in, without pages"),
}


def role_word(name: str) -> tuple[str, str]:
    """A role's name and what it may do."""
    return _(ROLE_NAMES.get(name, name)), _(_DUTIES[name]) if name in _DUTIES else ""


def refusal(fault: LoyaltyError) -> str:
    """Why a change was refused; the use case's own sentence where there is no better one."""
    if isinstance(fault, NotFound):
        return str(fault)
    if isinstance(fault, Conflict):
        if fault.pointer == "email":
            return _("Somebody logs in with this address already; choose another one.")
        return _("Nobody else could log in as administrator. Make somebody else one first.")
    words = {
        "email": _("This is no e-mail address; write it as name@shop.example."),
        "password": _("Use a password of 10 to 255 characters."),
        "roles": _("Choose at least one role."),
        "role": _("Choose a role."),
    }
    return words.get(fault.pointer or "", str(fault))
