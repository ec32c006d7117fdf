"""A reader that types: key reports of a USB boot keyboard <-> text, US layout.

Device Class Definition for HID 1.11, appendix B.1: modifiers, a reserved byte, six key usages; HID Usage Tables 1.12,
section 10. MiniMag manual, Appendix A: US English, 2 ms between characters.
"""

SIZE = 8
_SHIFT = 0x22  # left and right
_LEFT_SHIFT = 0x02
_ERRORS = (0x01, 0x02, 0x03)  # too many keys, POST fail, undefined
_PLAIN = {0x28: "\r", 0x2C: " ", 0x2D: "-", 0x2E: "=", 0x2F: "[", 0x30: "]", 0x31: "\\", 0x33: ";", 0x34: "'",
          0x35: "`", 0x36: ",", 0x37: ".", 0x38: "/"}  # fmt: skip
_SHIFTED = {0x28: "\r", 0x2C: " ", 0x2D: "_", 0x2E: "+", 0x2F: "{", 0x30: "}", 0x31: "|", 0x33: ":", 0x34: '"',
            0x35: "~", 0x36: "<", 0x37: ">", 0x38: "?"}  # fmt: skip
_PLAIN |= {0x04 + at: letter for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_SHIFTED |= {0x04 + at: letter for at, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_PLAIN |= {0x1E + at: digit for at, digit in enumerate("1234567890")}
_SHIFTED |= {0x1E + at: sign for at, sign in enumerate("!@#$%^&*()")}
_KEYS = {sign: (_LEFT_SHIFT, usage) for usage, sign in _SHIFTED.items()} | {
    sign: (0, usage) for usage, sign in _PLAIN.items()
}


def reports(text: str) -> list[bytes]:
    """A press and a release for each character; KeyError for one that this layout does not have."""
    pressed = [_KEYS[sign] for sign in text]
    return [report for shift, usage in pressed for report in (bytes([shift, 0, usage, 0, 0, 0, 0, 0]), bytes(SIZE))]


class Keys:
    """Reports in, characters out. A key counts when it goes down; what is no keyboard's report is dropped."""

    def __init__(self) -> None:
        self._down: frozenset[int] = frozenset()

    def feed(self, report: bytes) -> str:
        """NUL stands for a key that types nothing on this layout: it spoils the track in which it came."""
        if len(report) != SIZE or report[1] or any(usage in _ERRORS for usage in report[2:]):
            return "\x00"
        table = _SHIFTED if report[0] & _SHIFT else _PLAIN
        fresh = [usage for usage in report[2:] if usage and usage not in self._down]
        self._down = frozenset(report[2:]) - {0}
        return "".join(table.get(usage, "\x00") for usage in fresh)
