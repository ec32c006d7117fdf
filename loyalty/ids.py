"""Ids that sort by the time they were made (RFC 9562 UUID version 7), with a prefix that names the kind."""

import secrets
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case: no i, l, o, u


def new_id(prefix: str, now: datetime) -> str:
    """`mem_01kar…`: prefix, `_` and 26 characters of base 32. Later ids are greater as text."""
    value = (int(now.timestamp() * 1000) & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    digits = (_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{''.join(digits)}"
