"""Linear codes as a receipt printer draws them from GS k: data in, modules (1 black, 0 white) and the text below out.

Tables are the symbols' own definitions: EAN/UPC and ITF (ISO/IEC 15420, 16390), Code 39 (16388), Codabar
(EN 798), Code 93 (AIM BC5), Code 128 (15417).
"""

from collections.abc import Callable, Iterator

Bars = tuple[str, str]
"""Modules without quiet zones, and the text for people."""

_A_CODES = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
_A = tuple(_A_CODES.split())
_C = tuple("".join("10"[int(bit)] for bit in code) for code in _A)
_B = tuple(code[::-1] for code in _C)
_EAN_FIRST = "AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA"
_UPCE_CHECK = "BBBAAA BBABAA BBAABA BBAAAB BABBAA BAABBA BAAABB BABABA BABAAB BAABAB"
_ITF = "nnwwn wnnnw nwnnw wwnnn nnwnw wnwnn nwwnn nnnww wnnwn nwnwn"
_CODABAR_WIDTHS = (
    "nnnnnww nnnnwwn nnnwnnw wwnnnnn nnwnnwn wnnnnwn nwnnnnw nwnnwnn nwwnnnn wnnwnnn nnnwwnn nnwwnnn wnnnwnw wnwnnnw "
    "wnwnwnn nnwnwnw nnwwnwn nwnwnnw nnnwnww nnnwwwn"
)
_39_WIDTHS = (
    "nnnwwnwnn wnnwnnnnw nnwwnnnnw wnwwnnnnn nnnwwnnnw wnnwwnnnn nnwwwnnnn nnnwnnwnw wnnwnnwnn nnwwnnwnn wnnnnwnnw "
    "nnwnnwnnw wnwnnwnnn nnnnwwnnw wnnnwwnnn nnwnwwnnn nnnnnwwnw wnnnnwwnn nnwnnwwnn nnnnwwwnn wnnnnnnww nnwnnnnww "
    "wnwnnnnwn nnnnwnnww wnnnwnnwn nnwnwnnwn nnnnnnwww wnnnnnwwn nnwnnnwwn nnnnwnwwn wwnnnnnnw nwwnnnnnw wwwnnnnnn "
    "nwnnwnnnw wwnnwnnnn nwwnwnnnn nwnnnnwnw wwnnnnwnn nwwnnnwnn nwnwnwnnn nwnwnnnwn nwnnnwnwn nnnwnwnwn nwnnwnwnn"
)
_93_CODES = (
    "114 148 144 142 128 124 122 150 112 10a 1a8 1a4 1a2 194 192 18a 168 164 162 134 11a 158 14c 146 12c 116 1b4 1b2 "
    "1ac 1a6 196 19a 16c 166 136 13a 12e 1d4 1d2 1ca 16e 176 1ae 126 1da 1d6 132 15e"
)
_128_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_CODABAR = dict(zip("0123456789-$:/.+ABCD", _CODABAR_WIDTHS.split(), strict=True))
_39 = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*", _39_WIDTHS.split(), strict=True))
_93 = tuple(int(code, 16) for code in _93_CODES.split())
_93_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_128 = tuple(_128_WIDTHS.split())
_128_STOP = "2331112"
_START = {"A": 103, "B": 104, "C": 105}
_SPECIAL = {"A": {"1": 102, "2": 97, "3": 96, "4": 101, "S": 98}, "B": {"1": 102, "2": 97, "3": 96, "4": 100, "S": 98},
            "C": {"1": 102}}  # fmt: skip
_SWITCH = {"A": 101, "B": 100, "C": 99}


def bars(kind: int, data: bytes) -> Bars:
    """The symbol of GS k `kind` (0 to 6 or 65 to 73); ValueError when the data does not suit it."""
    draw = _KINDS.get(kind + 65 if kind <= 6 else kind)
    if draw is None:
        raise ValueError(f"bar code kind {kind} is not drawn here")
    return draw(data) if draw is _code_128 else draw(data.decode("ascii", "replace"))


def _digits(data: str, *lengths: int) -> str:
    if not data.isdigit() or len(data) not in lengths:
        raise ValueError(f"{data!r} is not {' or '.join(map(str, lengths))} digits")
    return data


def _checked(data: str, length: int) -> str:
    """With the check digit of GS1 put on where it is missing; one given is printed as given."""
    if len(data) == length:
        return data
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(data)))
    return data + str(-total % 10)


def _ean_13(data: str) -> Bars:
    number = _checked(_digits(data, 12, 13), 13)
    left = zip(_EAN_FIRST.split()[int(number[0])], number[1:7], strict=True)
    return _guarded("".join((_A if parity == "A" else _B)[int(d)] for parity, d in left), number[7:]), number


def _upc_a(data: str) -> Bars:
    number = _checked(_digits(data, 11, 12), 12)
    return _guarded("".join(_A[int(digit)] for digit in number[:6]), number[6:]), number


def _ean_8(data: str) -> Bars:
    number = _checked(_digits(data, 7, 8), 8)
    return _guarded("".join(_A[int(digit)] for digit in number[:4]), number[4:]), number


def _guarded(left: str, right: str) -> str:
    return "101" + left + "01010" + "".join(_C[int(digit)] for digit in right) + "101"


def _upc_e(data: str) -> Bars:
    whole = _checked(_widened(_digits(data, 6, 7, 8, 11, 12)), 12)
    six = _narrowed(whole)
    parity = _UPCE_CHECK.split()[int(whole[11])]
    if whole[0] == "1":
        parity = parity.translate(str.maketrans("AB", "BA"))
    body = "".join((_A if side == "A" else _B)[int(digit)] for side, digit in zip(parity, six, strict=True))
    return "101" + body + "010101", whole[0] + six + whole[11]


def _widened(data: str) -> str:
    """Any of the printer's forms as the UPC-A number it stands for: 11 digits, or 12 with check digit."""
    if len(data) >= 11:
        return data
    system, six = ("0", data) if len(data) == 6 else (data[0], data[1:7])
    last = int(six[5])
    if last <= 2:
        return system + six[:2] + six[5] + "0000" + six[2:5]
    if last == 3:
        return system + six[:3] + "00000" + six[3:5]
    return system + (six[:4] + "00000" + six[4] if last == 4 else six[:5] + "0000" + six[5])


def _narrowed(whole: str) -> str:
    """The six digits of a zero-suppressed UPC-A; ValueError when it has too few zeros."""
    body = whole[1:11]
    forms = (body[:2] + body[7:10] + body[2], body[:3] + body[8:10] + "3", body[:4] + body[9] + "4", body[:5] + body[9])
    for six in forms:
        if _widened(whole[0] + six)[:11] == whole[:11]:
            return six
    raise ValueError(f"{whole} cannot be written as UPC-E")


def _code_39(data: str) -> Bars:
    text = data.strip("*")
    if unknown := set(text) - set(_39):
        raise ValueError(f"Code 39 has no {sorted(unknown)[0]!r}")
    return "0".join(_wide(_39[sign]) for sign in f"*{text}*"), f"*{text}*"


def _codabar(data: str) -> Bars:
    text = data.upper()
    if len(text) < 2 or set(text) - set(_CODABAR) or text[0] not in "ABCD" or text[-1] not in "ABCD":
        raise ValueError(f"{data!r} is no Codabar text between two of A to D")
    return "0".join(_wide(_CODABAR[sign]) for sign in text), text


def _wide(pattern: str) -> str:
    """n and w, bars and spaces in turn, as modules; wide is three."""
    return "".join(("0" if at % 2 else "1") * (3 if width == "w" else 1) for at, width in enumerate(pattern))


def _itf(data: str) -> Bars:
    number = _digits(data, *range(2, 256, 2))
    pairs = zip(number[::2], number[1::2], strict=True)
    codes = _ITF.split()
    body = "".join(_wide("".join(map("".join, zip(codes[int(a)], codes[int(b)], strict=True)))) for a, b in pairs)
    return "1010" + body + "11101", number


def _code_93(data: str) -> Bars:
    values = list(_full_93(data))
    for longest in (20, 15):
        total = sum(value * (place % longest + 1) for place, value in enumerate(reversed(values)))
        values.append(total % 47)
    edge = f"{0x15E:09b}"
    return edge + "".join(f"{_93[value]:09b}" for value in values) + edge + "1", data


def _full_93(data: str) -> Iterator[int]:
    """Characters outside the 43 signs are written as a shift sign and a letter."""
    for sign in data:
        code = ord(sign)
        if sign in _93_SIGNS:
            yield _93_SIGNS.index(sign)
        elif "a" <= sign <= "z":
            yield from (46, _93_SIGNS.index(sign.upper()))
        elif 1 <= code <= 26:
            yield from (43, 9 + code)
        elif sign in "!\"#&'()*,:":
            yield from (45, 10 + code - 33)
        else:
            raise ValueError(f"Code 93 has no {sign!r}")


def _code_128(data: bytes) -> Bars:
    values, text = _code_128_values(data)
    values.append((values[0] + sum(place * value for place, value in enumerate(values))) % 103)
    widths = "".join(_128[value] for value in values) + _128_STOP
    return "".join(("0" if at % 2 else "1") * int(width) for at, width in enumerate(widths)), text


def _code_128_values(data: bytes) -> tuple[list[int], str]:
    values: list[int] = []
    code_set, text, at = "", "", 0
    while at < len(data):
        if data[at : at + 1] == b"{" and data[at + 1 : at + 2] != b"{":
            sign, at = chr(data[at + 1]) if at + 1 < len(data) else "", at + 2
            if sign in _START:
                values.append(_SWITCH[sign] if code_set else _START[sign])
                code_set = sign
            else:
                values.append(_special(code_set or "B", sign))
            continue
        if not code_set:
            code_set = "B"
            values.append(_START["B"])
        at += 1 if data[at : at + 1] != b"{" else 2
        values.append(_value(code_set, data[at - 1]))
        text += f"{data[at - 1]:02d}" if code_set == "C" else chr(data[at - 1])
    return values, text


def _special(code_set: str, sign: str) -> int:
    if sign not in _SPECIAL[code_set]:
        raise ValueError(f"set {code_set} of Code 128 has no function {sign!r}")
    return _SPECIAL[code_set][sign]


def _value(code_set: str, byte: int) -> int:
    if code_set == "C":
        if byte > 99:
            raise ValueError("set C of Code 128 carries 0 to 99")
        return byte
    if code_set == "A" and byte < 96:
        return byte - 32 if byte >= 32 else byte + 64
    if not 32 <= byte < 128:
        raise ValueError(f"set B of Code 128 has no byte {byte}")
    return byte - 32


_KINDS: dict[int, Callable[..., Bars]] = {
    65: _upc_a, 66: _upc_e, 67: _ean_13, 68: _ean_8, 69: _code_39, 70: _itf, 71: _codabar, 72: _code_93, 73: _code_128,
}  # fmt: skip
