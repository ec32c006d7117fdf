"""Searches of an antenna -> a card seen once, gone once."""

from loyalty.contract.token import Token
from loyalty.devices.interfaces import Gone, Reading, Seen


class Presence:
    """What lies on the reader, from what each search found. A card counts as seen when two searches agree.

    One search may be wrong without anybody noticing: the chip's checksum is a sum, and a byte lost on the line can
    leave it right. source: goes into the tokens. misses_until_gone: searches in a row that must not find the card.
    """

    def __init__(self, source: str, misses_until_gone: int) -> None:
        self._source, self._limit, self._misses = source, misses_until_gone, 0
        self._candidate = self.present = ""

    @property
    def unsure(self) -> bool:
        """A card was found once; ask again at once."""
        return bool(self._candidate)

    def note(self, uid: str) -> Reading | None:
        """uid: what a search found, empty for nothing."""
        if self.present:
            return self._still_there(uid)
        if not uid:
            self._misses += 1
            if self._misses >= self._limit:
                self._candidate = ""
            return None
        self._misses = 0
        if uid != self._candidate:
            self._candidate = uid
            return None
        self.present, self._candidate = uid, ""
        return Seen(Token("card_uid", uid, self._source))

    def forget(self) -> Reading | None:
        """The card counts as taken away."""
        gone, self.present, self._candidate, self._misses = self.present, "", "", 0
        return Gone(Token("card_uid", gone, self._source)) if gone else None

    def _still_there(self, uid: str) -> Reading | None:
        self._misses = 0 if uid == self.present else self._misses + 1
        return self.forget() if self._misses >= self._limit else None
