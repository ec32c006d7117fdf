"""Which relationship to keep with a group of customers, by how many they are and what each brings.

After Kotler, Marketing Management: the more customers and the less each brings, the simpler; the fewer and the dearer,
the closer.
"""

from decimal import Decimal
from fractions import Fraction

TABLE = (
    # many customers, some, few: each for a high, middle and low yield
    ("accountable", "reactive", "basic"),
    ("proactive", "accountable", "reactive"),
    ("partnership", "proactive", "accountable"),
)
MANY, SOME = 50, 15
"""Percent of the buyers from which a group counts as many, and as some."""
HIGH, MIDDLE = Fraction(2), Fraction(1)
"""Sales by buyer as a multiple of everybody's, from which they count as high, and as middle."""


def relationship(share: Decimal, yield_ratio: Fraction) -> str:
    """`share`: percent of all buyers; `yield_ratio`: what each brings, as a multiple of everybody's mean."""
    row = TABLE[0 if share >= MANY else 1 if share >= SOME else 2]
    return row[0 if yield_ratio >= HIGH else 1 if yield_ratio >= MIDDLE else 2]
