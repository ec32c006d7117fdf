"""Token: what any reader yields. A scanner, a chip reader, a stripe and a keyboard all end in one of these."""

from dataclasses import dataclass

KINDS = ("card_uid", "barcode", "magstripe", "sun", "phone", "number", "coupon", "claim")
PASS_SIGN = "LP1"
"""How a pass from a member's phone begins: a barcode that is good for a minute and one reading."""
PASS_LENGTH = 47


@dataclass(frozen=True)
class Token:
    """A credential as it was read.

    kind: one of KINDS; a coupon names an offer, a claim a receipt (claim.py), the others a person. value: text; a UID
    is upper-case hex without separators, a stripe its data without sentinels, a barcode its characters without the
    symbology identifier. source: the device's id, for the log.
    """

    kind: str
    value: str
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of credential {self.kind!r}; known are {', '.join(KINDS)}")
        if not self.value or len(self.value) > 256:
            raise ValueError("a credential has 1 to 256 characters")

    @property
    def is_pass(self) -> bool:
        """From a phone's screen and not worth remembering: the next time it is another one."""
        text = self.value.strip()
        return self.kind == "barcode" and len(text) == PASS_LENGTH and text.upper().startswith(PASS_SIGN)
