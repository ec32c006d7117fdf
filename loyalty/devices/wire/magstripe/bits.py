"""Text <-> characters with parity <-> the bits on the stripe, each character's lowest bit first, its parity last.

start sentinel, data, end sentinel, LRC; zeros before and after. The LRC makes every column of bits even, over the start
sentinel too, and has a parity bit of its own (MSR605 Programmer's Manual rev. B, pages 17 to 19).
"""

from collections.abc import Sequence

from loyalty.devices.wire.magstripe.formats import Format


class Damaged(ValueError):
    """Bits lie on the track that are no whole track of this format. The text says what is wrong, never what it held."""


def characters_of(form: Format, text: str) -> list[int]:
    """Start sentinel to LRC, each with its parity bit on top. ValueError when the format cannot hold `text`."""
    codes = [form.start, *form.codes(text), form.end]
    lrc = 0
    for code in codes:
        lrc ^= code
    return [code | _parity(form, code) << form.bits for code in (*codes, lrc)]


def text_of(form: Format, characters: Sequence[int]) -> str:
    """The data between the sentinels; Damaged for anything that characters_of() would not have made.

    Dirt on the stripe may make a few ones behind the LRC, but not in the place directly behind. There they mean that a
    damaged character was taken for the end; or, in JIS II with sentinels of nothing but ones, that a stray one before
    the track shifted all of it by a bit: sentinels, parity and LRC of the shifted characters hold all the same, but a
    one is left over, since even parity makes the sum of all ones even.
    """
    return _data(form, _codes(form, characters))


def bits_of(form: Format, text: str, leading: int = 22, trailing: int = 22) -> list[int]:
    """The track as it lies on the stripe; leading and trailing: zeros before and after."""
    wide = form.bits + 1
    inside = [character >> bit & 1 for character in characters_of(form, text) for bit in range(wide)]
    return [0] * leading + inside + [0] * trailing


def text_in(form: Format, bits: Sequence[int]) -> str | None:
    """The data of a track read in the direction of writing; None when nothing but zeros is there, else Damaged.

    The first one is the start sentinel's lowest bit: true of every format here.
    """
    if 1 not in bits:
        return None
    wide, start = form.bits + 1, list(bits).index(1)
    whole = (len(bits) - start) // wide
    pieces = [bits[start + at * wide : start + (at + 1) * wide] for at in range(whole + 1)]
    characters = [sum(bit << place for place, bit in enumerate(piece)) for piece in pieces]
    return _data(form, _codes(form, characters[:whole], characters[whole]))


def either_way(form: Format, bits: Sequence[int]) -> str | None:
    """The same for readers that do not say in which direction the card was drawn.

    A track of JIS II whose LRC is 00h has a sentinel on both ends and is whole in both directions. Such a swipe is
    Damaged rather than perhaps another track: readers of JIS II have to know the direction.
    """
    readings = {text for text in (_or_none(form, bits), _or_none(form, bits[::-1])) if text is not None}
    if len(readings) > 1:
        raise Damaged("It is a whole track in both directions.")
    return readings.pop() if readings else text_in(form, bits)


def _or_none(form: Format, bits: Sequence[int]) -> str | None:
    try:
        return text_in(form, bits)
    except Damaged:
        return None


def _codes(form: Format, characters: Sequence[int], piece: int = 0) -> list[int]:
    """What lies between the sentinels. piece: of a character, behind the last whole one."""
    if not characters or characters[0] & _mask(form) != form.start:
        raise Damaged("It does not begin with a start sentinel.")
    codes, lrc = [], 0
    for at, character in enumerate(characters):
        code = _checked(form, character)
        lrc ^= code
        if at and code == form.end:
            break
        codes.append(code)
    else:
        raise Damaged("It has no end sentinel.")
    if len(codes) + 1 >= len(characters):
        raise Damaged("It has no check character (LRC).")
    if _checked(form, characters[len(codes) + 1]) != lrc:
        raise Damaged("Its check character (LRC) does not fit.")
    behind = [*characters[len(codes) + 2 :], piece]
    if behind[0] or sum(each.bit_count() for each in behind) >= form.end.bit_count():
        raise Damaged("Something lies behind its check character (LRC).")
    return codes[1:]


def _data(form: Format, codes: list[int]) -> str:
    if len(codes) > form.longest:
        raise Damaged(f"It is longer than {form.longest} characters.")
    if form.start in codes:
        raise Damaged("A second start sentinel lies inside.")
    text = form.text(codes)
    if form.fault_of(text):
        raise Damaged("It holds a character that this format does not know.")
    return text


def _checked(form: Format, character: int) -> int:
    code = character & _mask(form)
    if character >> form.bits != _parity(form, code):
        raise Damaged("A character has the wrong parity.")
    return code


def _parity(form: Format, code: int) -> int:
    return (code.bit_count() + form.odd_parity) & 1


def _mask(form: Format) -> int:
    return (1 << form.bits) - 1
