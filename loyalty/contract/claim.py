"""The code on the receipt of a sale without a card, by which a member may claim its points later.

80 random bits, made by the counter: nobody can guess one, and it can be made without the server. What travels and is
kept is its SHA-256; the code itself stands on the paper alone.
"""

import hashlib
import secrets

from loyalty.contract.token import Token

KIND = "claim"
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U: read from paper and typed, they are taken for others (Crockford's base 32)."""
_MISREAD = str.maketrans("ILO", "110")
_LENGTH = 16


def new_code() -> str:
    """`7K3M-9QX2-H4TD-0WRB`: 16 signs."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def plain(text: str) -> str | None:
    """The code as it was made, however it was typed; None when it can be none."""
    signs = "".join(sign for sign in text.upper() if sign not in "- \t\n").translate(_MISREAD)
    if len(signs) != _LENGTH or not all(sign in _SIGNS for sign in signs):
        return None
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def hashed(code: str) -> str:
    """Of a code as `new_code` and `plain` give it: 64 hexadecimal digits."""
    return hashlib.sha256(f"receipt claim {code}".encode()).hexdigest()


def token_of(code: str) -> Token:
    """What the sale carries in the place of a card."""
    return Token(KIND, hashed(code), "receipt")
