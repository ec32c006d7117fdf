"""Refusals of the use cases in the page's language, where they are the same each time."""

from loyalty.web.texts import N_, _

_KNOWN = (
    N_("Give the campaign a name."),
    N_("Choose the segment that the campaign is for."),
    N_("The last day comes after the first one, at most a year later."),
    N_("Say what the members get: one thing, or two to be compared."),
    N_("Choose the message that the members get."),
    N_("Choose the level that the members get."),
    N_("How often somebody may have it is a whole number from 1 to 1000."),
    N_("Points are multiplied by more than 1 and at most 20."),
    N_("Nothing can be reduced by more than 100 percent."),
    N_("Give whole points."),
    N_("Give the first and the last day, written as 2026-12-31."),
    N_("The budget is worth less than one point; raise it."),
    N_("The budget is smaller than what one sale gets; raise it or give less."),
    N_("Give the segment a name."),
    N_("Give the template a name of at most 60 characters."),
    N_("Write the text in one language at least."),
    N_("An e-mail or letter needs a subject; write one."),
    N_("The text is empty; write it or leave the language out."),
    N_("The subject must be one line of at most 200 characters."),
    N_("Give the challenge a name."),
    N_("The points are a whole number from 0 to 1,000,000."),
    N_("Say what is to be reached: a number that is at least so much."),
)


def refusal_words(sentence: str) -> str:
    """The sentence itself where it has names or numbers in it."""
    return _(sentence) if sentence in _KNOWN else sentence
