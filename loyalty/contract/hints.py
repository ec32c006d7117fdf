"""What a cashier may say to the member who stands there."""

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
