"""Devices in the page's language: what they are, how they are, why, and what to do about it."""

from loyalty.web.texts import N_, _

ROLES: dict[str, str] = {
    "card_printer": N_("Card printer"), "card_reader": N_("Card reader"), "magstripe": N_("Stripe reader"),
    "scanner": N_("Scanner"), "receipt_printer": N_("Receipt printer"), "cash_drawer": N_("Cash drawer"),
    "line_display": N_("Customer display"),
}  # fmt: skip

HEALTH: dict[str, str] = {
    "ready": N_("Ready"), "busy": N_("Working"), "needs_person": N_("Needs a hand"), "fault": N_("Out of order"),
    "offline": N_("Not reached"), "unknown": N_("Not known yet"),
}  # fmt: skip

CAUSES: dict[str, tuple[str, str]] = {
    "link_lost": (N_("The connection broke off"), N_("Check the cable and the power of the device.")),
    "no_answer": (N_("It does not answer"), N_("Check that the device is switched on and its cable is plugged in.")),
    "garbled": (N_("Its answers cannot be read"), N_("Check the cable and the line settings (speed, parity).")),
    "rejected": (N_("It refuses a command"), N_("The profile may not fit this unit’s firmware; run the device check.")),
    "cancelled": (N_("Stopped by somebody"), ""),
    "no_card": (N_("Waits for a card"), ""),
    "take_card": (N_("A card is to be taken out"), ""),
    "wrong_card": (N_("Another member’s card is inside"), ""),
    "card_jam": (N_("A card is stuck"), N_("Open the cover, pull the card out gently, close the cover.")),
    "cover_open": (N_("The cover is open"), N_("Close the cover.")),
    "stripe_unreadable": (N_("A stripe cannot be read"), N_("Clean the device’s head and the stripe.")),
    "stripe_write_failed": (N_("A stripe cannot be written"), N_("Clean the head, or replace the card.")),
    "needs_repair": (N_("It is broken"), N_("Take the device out of service and call a technician.")),
    "out_of_paper": (N_("No paper"), N_("Put in a new roll and close the cover.")),
    "offline": (N_("It is switched to offline"), N_("Press its feed or online button.")),
    "feeder_empty": (N_("No cards in the feeder"), N_("Put cards into the feeder.")),
    "ribbon_present": (N_("A ribbon is in the way"), N_("Open the cover, take the ribbon out, close the cover.")),
    "head_temperature": (N_("The print head is too hot"), N_("Wait some minutes.")),
    "in_use": (N_("Another program uses it"), N_("Close the other program that uses this device.")),
    "config": (N_("Its settings are wrong"), N_("Mend the device’s settings at the counter.")),
    "device": (N_("The driver failed"), N_("Switch the device off and on; if it happens again, call a technician.")),
}  # fmt: skip
"""By the codes of loyalty.errors: what is the matter, what to do; nothing where it belongs to serving a customer."""

COUNTS: dict[str, str] = {
    "transports": N_("Passes of the magnetic head"), "prints": N_("Faces printed"),
    "prints_here": N_("Faces printed, as the counter counted"),
}  # fmt: skip

ERRANDS: dict[str, str] = {"check": N_("Device check"), "bundle": N_("Support bundle")}
STATUS: dict[str, str] = {
    "waiting": N_("waits for the counter"), "taken": N_("in work"), "done": N_("done"), "failed": N_("failed"),
    "dropped": N_("taken back"), "late": N_("not done in time"),
}  # fmt: skip
RESULTS: dict[str, str] = {"held": N_("held"), "failed": N_("failed"), "skipped": N_("left out")}


def word(words: dict[str, str], key: str) -> str:
    """In the page's language; a key that nobody foresaw stands as it is."""
    return _(words[key]) if key in words else key.replace("_", " ")


def cause_words(cause: str) -> str:
    """What is the matter, in a few words; empty when nothing is."""
    if cause in CAUSES:
        return _(CAUSES[cause][0])
    return cause.replace("_", " ")


def remedy(cause: str, advice: str) -> str:
    """What to do: in the page's language where the cause is known, else as the counter's driver says it."""
    if cause not in CAUSES or cause == "config":  # only the driver knows which setting
        return advice
    return _(CAUSES[cause][1]) if CAUSES[cause][1] else ""
