"""What a counter tells of a card: a face that was printed, a mark that was written or read. And what it must refuse."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from loyalty.contract.token import Token

PRINTED, WRITTEN, READ = "printed", "written", "read"


@dataclass(frozen=True)
class CardReport:
    """kind: PRINTED, WRITTEN or READ. The card is named by `token`; without one it is the only card of `member`.

    sequence: the number that the mark on chip or stripe carries; None on a reading: there is no mark of ours, `bent`:
    there is one whose MAC does not fit. rewrite_limit: what the printer's profile says that media bear.
    """

    id: str
    kind: str
    occurred_at: datetime
    token: Token | None = None
    member: str | None = None
    face_as_of: datetime | None = None
    face_digest: str | None = None
    face_design: int | None = None
    sequence: int | None = None
    mac: str | None = None
    bent: bool = False
    rewrite_limit: int | None = None


@dataclass(frozen=True)
class CardVerdict:
    """Answer to a report. verdict: ok, copied, bent, or unknown for a card that nobody has.

    sentence: for the cashier, empty when all is well. worn: fine, soon, over.
    """

    id: str
    verdict: str
    sentence: str = ""
    worn: str = "fine"


def hot_name(kind: str, value: str) -> str:
    """A credential as it stands on a hot list: recognisable, not readable. 32 hexadecimal digits."""
    return sha256(f"{kind}:{value}".encode()).hexdigest()[:32]
