"""The formats of a track: alphabet, parity, sentinels and room.

Sources: MSR605 Programmer's Manual rev. B, pages 16 to 20 (both ISO alphabets with parity and LRC, bit by bit);
Datacard Magna user's guide, page D-3, and Datacard CP60 service manual, page 2-26 (lengths, densities, JIS II: start
and end sentinel 7Fh, even parity, even LRC). JIS II carries the 7-bit codes 01h to 7Eh; half-width katakana lie behind
SO and SI, one hidden character for each change (Datacard CD800 user's guide, page 33; that they are 0Eh and 0Fh:
JIS X 0202, not read here).
"""

from dataclasses import dataclass

_SHIFT_OUT, _SHIFT_IN = 0x0E, 0x0F
_KATAKANA = 0xFF61  # the first half-width sign in Unicode is 21h of JIS X 0201's katakana
_KANA_CODES = range(0x21, 0x60)


@dataclass(frozen=True)
class Format:
    """bits: of data in a character, parity not counted. base: what is added to a code to make its ASCII character."""

    name: str
    bits: int
    base: int
    start: int
    end: int
    longest: int
    """Characters of data; sentinels and LRC are not counted."""
    bits_per_inch: int
    odd_parity: bool = True

    def codes(self, text: str) -> list[int]:
        """The data's codes, without sentinels. ValueError in one sentence when this format cannot hold `text`."""
        if fault := self.fault_of(text):
            raise ValueError(f"A track in {self.name} {fault}.")
        return _jis_codes(text) if self.base == 0 else [ord(sign) - self.base for sign in text]

    def text(self, codes: list[int]) -> str:
        """The inverse of codes()."""
        return _jis_text(codes) if self.base == 0 else "".join(chr(code + self.base) for code in codes)

    def fault_of(self, text: str) -> str | None:
        """Why a track of this format cannot hold `text`, in a clause; None when it can."""
        if self.base == 0:
            if bad := next((sign for sign in text if not _in_jis(sign)), ""):
                return f"cannot hold {bad!r}"
            length = len(_jis_codes(text))
        else:
            if bad := next((sign for sign in text if not self._carries(sign)), ""):
                return f"cannot hold {bad!r}"
            length = len(text)
        if length > self.longest:
            return f"takes {self.longest} characters, {length} were given"
        return None

    def _carries(self, sign: str) -> bool:
        code = ord(sign) - self.base
        return 0 <= code < 1 << self.bits and code not in (self.start, self.end)


ISO1 = Format("ISO 7811 track 1", 6, 0x20, ord("%") - 0x20, ord("?") - 0x20, 76, 210)
ISO2 = Format("ISO 7811 track 2", 4, 0x30, ord(";") - 0x30, ord("?") - 0x30, 37, 75)
ISO3 = Format("ISO 7811 track 3", 4, 0x30, ord(";") - 0x30, ord("?") - 0x30, 104, 210)
JIS2 = Format("JIS II", 7, 0, 0x7F, 0x7F, 69, 210, odd_parity=False)
ISO = {1: ISO1, 2: ISO2, 3: ISO3}


def _is_katakana(sign: str) -> bool:
    return ord(sign) - _KATAKANA + _KANA_CODES.start in _KANA_CODES


def _in_jis(sign: str) -> bool:
    return _is_katakana(sign) or (0x01 <= ord(sign) <= 0x7E and ord(sign) not in (_SHIFT_OUT, _SHIFT_IN))


def _jis_codes(text: str) -> list[int]:
    codes, in_katakana = [], False
    for sign in text:
        if _is_katakana(sign) != in_katakana and sign != " ":  # a space is the same in both sets
            in_katakana = not in_katakana
            codes.append(_SHIFT_OUT if in_katakana else _SHIFT_IN)
        codes.append(ord(sign) - _KATAKANA + _KANA_CODES.start if _is_katakana(sign) else ord(sign))
    return codes


def _jis_text(codes: list[int]) -> str:
    signs, in_katakana = [], False
    for code in codes:
        if code in (_SHIFT_OUT, _SHIFT_IN):
            in_katakana = code == _SHIFT_OUT
        elif in_katakana and code in _KANA_CODES:
            signs.append(chr(code - _KANA_CODES.start + _KATAKANA))
        else:
            signs.append(chr(code))
    return "".join(signs)
