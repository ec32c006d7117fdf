"""What the programme's reader says about a wrong value, in the page's language."""

import re

from loyalty.web.texts import N_, _

_SAID: tuple[tuple[str, str], ...] = (
    (r"a number is wanted", N_("A number is wanted here.")),
    (r"a number above zero is wanted", N_("A number above zero is wanted here.")),
    (r"a number of at least (?P<least>\S+) is wanted", N_("A number of at least %(least)s is wanted here.")),
    (r"a whole number from (?P<least>\S+) to (?P<most>\S+) is wanted",
     N_("A whole number from %(least)s to %(most)s is wanted here.")),
    (r"a percentage from 0 to 100 is wanted", N_("A percentage from 0 to 100 is wanted here.")),
    (r"a wallet is wanted", N_("Choose the wallet.")),
    (r"the least is more than the most", N_("The least is more than the most: nobody would fit.")),
    (r"a name is wanted", N_("A name is wanted here.")),
    (r"'(?P<key>\w+)' is missing", N_("%(key)s is missing.")),
    (r"the name '(?P<name>.*)' is used twice", N_("The name %(name)s is used twice. Take another one.")),
    (r"there is no wallet '(?P<name>.*)'; there are: (?P<known>.*)",
     N_("There is no wallet %(name)s; there are: %(known)s.")),
    (r"there is no level '(?P<name>.*)'; there are: (?P<known>.*)",
     N_("There is no level %(name)s; there are: %(known)s.")),
    (r"a date such as .*", N_("A day such as 2026-12-31 is wanted here.")),
    (r"a time such as .*", N_("A time such as 18:00 is wanted here.")),
    (r"`from` is later than `to`", N_("The first day is after the last day.")),
    (r"a currency code of three capital letters is wanted.*",
     N_("A currency of three capital letters is wanted, such as HKD.")),
    (r"the decimals of a wallet cannot change.*",
     N_("The decimals of a wallet cannot change: points are booked in it.")),
    (r"the digits of the currency cannot change.*",
     N_("The digits of the currency cannot change: sums are booked.")),
    (r"the rules of one group must all be of one phase", N_(
        "The rules of one group must be of one kind: points, or multiplied, or on top.")),
    (r"at least one level is wanted", N_("At least one level is wanted.")),
    (r"at least one wallet is wanted", N_("At least one wallet is wanted.")),
    (r"`parts` and `every` belong together", N_("Give both: how many parts, and how far apart.")),
    (r"auto needs a cost above zero", N_("What is given by itself needs a cost above zero.")),
    (r"use_current needs lowers_earning: false", N_(
        "Points of the same purchase can be used only when what they pay earns points too.")),
)  # fmt: skip


def fault_words(reason: str) -> str:
    """The reader's reason, translated where it is one of the usual ones."""
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, reason.rstrip(".")):
            return _(words, **found.groupdict())
    return reason
