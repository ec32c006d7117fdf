"""Names: masked for screens that others can read, and cut into the beginnings by which people search."""

import unicodedata

from loyalty.errors import Invalid

LONGEST = 120


def clean_name(text: str) -> str:
    """One line without control characters; Invalid when nothing is left or it is too long."""
    name = without_controls(text)
    if not name or len(name) > LONGEST:
        raise Invalid(f"A name has 1 to {LONGEST} characters; write the member's name.", pointer="/name")
    return unicodedata.normalize("NFC", name)


def without_controls(text: str) -> str:
    """One line: control characters, also those that turn the direction of writing, are spaces, doubled ones single."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def is_ideographic(character: str) -> bool:
    """Chinese, Japanese or Korean: scripts that write names without spaces."""
    return unicodedata.name(character, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


def masked_name(name: str) -> str:
    """陳大文 -> 陳＊文, 陳文 -> 陳＊, John Smith -> Jo** S., Cher -> Ch**. Never longer than a card's line."""
    words = name.split()
    if not words:
        return ""
    if is_ideographic(words[0][0]):
        whole = "".join(words)
        if len(whole) <= 2:
            return whole[:1] + "＊"
        return whole[0] + "＊" * (len(whole) - 2) + whole[-1]
    first = words[0].rstrip(".,")[:2] + "**"
    return f"{first} {words[-1][0].upper()}." if len(words) > 1 else first


def folded(text: str) -> str:
    """For comparing: without case, accents and doubled spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).casefold().split())


def beginnings(name: str) -> list[str]:
    """Every place in a name from which somebody may start typing: each word, each ideograph."""
    whole = folded(name)
    starts = [
        i for i, c in enumerate(whole) if c != " " and (i == 0 or whole[i - 1] == " " or is_ideographic(c))
    ]
    return list(dict.fromkeys(whole[i:][:LONGEST] for i in starts))
