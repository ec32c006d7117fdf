"""What a cashier may say to the member who stands there, and what a kiosk shows them of their challenges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """kind: message (`text` as somebody wrote it, `id` to say that it was said), goes_with (who buys `of` often buys
    `text`).
    """

    kind: str
    text: str
    id: str = ""
    of: str = ""


@dataclass(frozen=True)
class Challenge:
    """`reached` of `target` as plain numbers; badge: award, crown, diamond, gift or coins."""

    name: str
    badge: str
    reached: str
    target: str
    won: bool
