"""What a track takes, by the format set with Pmt;track;format. ISO 7811: sentinels and check sum are the printer's."""

from dataclasses import dataclass

ISO1, ISO2, ISO3 = 1, 2, 3
"""Further formats of the printers: 4 SIPASS, 5 C2, 6 JIS2, 7 C4."""
COERCIVITY = {"high": "h", "low": "l"}


@dataclass(frozen=True)
class Format:
    name: str
    longest: int
    lowest: str
    highest: str

    def fault_of(self, text: str) -> str | None:
        """Why a track of this format cannot hold `text`, in a clause; None when it can."""
        if len(text) > self.longest:
            return f"takes {self.longest} characters, {len(text)} were given"
        bad = [sign for sign in text if not self.lowest <= sign <= self.highest or sign in "%;?"]
        return f"cannot hold {bad[0]!r}" if bad else None


FORMATS = {
    ISO1: Format("ISO 1", 76, " ", "_"),
    ISO2: Format("ISO 2", 37, "0", "?"),
    ISO3: Format("ISO 3", 104, "0", "?"),
}
"""Without % ; and ?, which begin and end a track; ; also separates the parameters of a command."""
