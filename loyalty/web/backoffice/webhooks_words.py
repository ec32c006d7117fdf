"""What became of a message to a program elsewhere, in the page's language."""

from loyalty.web.texts import _


def state_word(state: str) -> str:
    return {"waiting": _("waiting"), "arrived": _("arrived"), "given_up": _("given up")}.get(state, state)
