"""A card as it lies in a drawer: what it is, what it carries, and how its face has aged."""

from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "plain", "magnetic", "rewritable", "classic1k", "classic4k", "ultralight", "ntag213", "ntag215", "ntag216",
    "ntag424", "desfire", "sle4442", "iso7816",
)  # fmt: skip
_KEYS = {"kind", "uid", "tracks", "memory", "face"}


class CardInvalid(ValueError):
    """The card described cannot exist; the text says why."""


@dataclass
class SimCard:
    """uid: upper-case hex, 4, 7 or 10 bytes. tracks: "1".."3" -> data without sentinels. face: see simulators.face."""

    kind: str
    uid: str = ""
    tracks: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    face: Any = None

    @classmethod
    def from_json(cls, data: Any) -> "SimCard":
        """The card that POST /card describes; CardInvalid in one sentence otherwise."""
        if not isinstance(data, dict) or not data.get("kind"):
            raise CardInvalid(f'A card is an object such as {{"kind": "rewritable", "uid": "04A1B2C3"}}, not {data!r}.')
        if unknown := set(data) - _KEYS:
            raise CardInvalid(f"A card has no key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_KEYS))}.")
        if data["kind"] not in KINDS:
            raise CardInvalid(f"There is no kind of card {data['kind']!r}; known are {', '.join(KINDS)}.")
        uid = str(data.get("uid") or "").upper()
        if uid and (len(uid) not in (8, 14, 20) or set(uid) - set("0123456789ABCDEF")):
            raise CardInvalid(f"The uid {uid!r} is not 4, 7 or 10 bytes of hex.")
        tracks = {str(number): str(text) for number, text in (data.get("tracks") or {}).items()}
        if set(tracks) - {"1", "2", "3"}:
            raise CardInvalid(f"Tracks are 1, 2 and 3, not {', '.join(sorted(tracks))}.")
        return cls(data["kind"], uid, tracks, dict(data.get("memory") or {}), data.get("face"))

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "uid": self.uid, "tracks": self.tracks}
