"""Words of care: kinds of cases, channels, steps and what happened, in the page's language."""

from typing import Any

from loyalty.web.texts import N_, _

KINDS: dict[str, str] = {
    "goods": N_("Goods"), "service": N_("Service"), "points": N_("Points"), "card": N_("Card"),
    "privacy": N_("Privacy"), "question": N_("Question"), "praise": N_("Praise"), "other": N_("Other"),
}  # fmt: skip
CHANNELS: dict[str, str] = {
    "counter": N_("At the counter"), "phone": N_("Telephone"), "email": N_("E-mail"), "message": N_("Message"),
    "post": N_("Letter"), "web": N_("Website"), "kiosk": N_("Kiosk"), "link": N_("Link"),
}  # fmt: skip
STEPS: dict[str, str] = {
    "regret": N_("Say sorry"), "solution": N_("Solve it"), "follow_up": N_("Ask whether it is well"),
    "closed": N_("Closed"),
}  # fmt: skip
STEP_HINTS: dict[str, str] = {
    "regret": N_("Tell the member that you are sorry and that you look after it. Write down what you said."),
    "solution": N_("Agree with the member on a way out. Write down what was agreed and done."),
    "follow_up": N_("Ask some days later whether all is well now. Write down the answer; the case is closed with it."),
}
EVENTS: dict[str, str] = {
    "opened": N_("Case opened"), "contact": N_("Contact"), "regret": N_("Said sorry"), "solution": N_("Solved"),
    "follow_up": N_("Asked again"), "closed": N_("Case closed"), "reopened": N_("Case opened again"),
    "assigned": N_("Given to"), "escalated": N_("Too late: raised to level"), "points": N_("Points to make up for it"),
}  # fmt: skip


def kind_word(kind: str) -> str:
    return _(KINDS[kind]) if kind in KINDS else kind


def channel_word(channel: str) -> str:
    return _(CHANNELS[channel]) if channel in CHANNELS else channel


def step_word(step: str) -> str:
    return _(STEPS[step]) if step in STEPS else step


def event_word(kind: str) -> str:
    return _(EVENTS[kind]) if kind in EVENTS else kind


def step_hint(step: str) -> str:
    return _(STEP_HINTS[step]) if step in STEP_HINTS else ""


def care_words() -> dict[str, Any]:
    """For templates."""
    return {"kind_word": kind_word, "channel_word": channel_word, "step_word": step_word,
            "event_word": event_word, "step_hint": step_hint}  # fmt: skip
