"""Personal data taken out of free text: what is kept for people to look at needs no card, phone or address."""

import re

_EMAIL = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"']+")
_DAY = r"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])"
_RUN = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_DAY}|\+?[0-9]{{2,4}}(?:[ -]?[0-9]{{3,4}}){{1,6}}(?![0-9A-Za-z]))|[0-9]{{7,}}"
)
"""Numbers of seven digits and more, also in groups: cards, phones. A day is taken first, so that it stays whole."""
SHORTEST = 7
_HEX = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f]*[0-9])(?=[0-9A-Fa-f]*[A-Fa-f])[0-9A-Fa-f]{8,20}(?![0-9A-Za-z])")
"""Numbers of chips."""
LEFT = 2
"""So many characters at the end stay, by which somebody who has the card sees that it is the one."""


def masked(text: str) -> str:
    """The text with e-mail addresses and all but the end of long numbers replaced; days and amounts stay.

    A name is a word like any other and stays: a text that may hold names is for staff only.
    """
    text = _EMAIL.sub("•••", text)
    return _HEX.sub(_ends, _RUN.sub(_ends, text))


def _ends(found: re.Match[str]) -> str:
    whole = found.group()
    digits = sum(character.isdigit() for character in whole)
    if re.fullmatch(_DAY, whole) or (digits < SHORTEST and not any(each.isalpha() for each in whole)):
        return whole
    return "•" * (len(whole) - LEFT) + whole[-LEFT:]
