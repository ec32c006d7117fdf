"""How a shop writes numbers: handed to the functions of this room, taken from the settings at the edge."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Conventions:
    number_check: str = "luhn"
    """Check digit of new member numbers: luhn, mod_11_10, mod_97_10 (ISO 7064) or none."""
    phone_region: str = "HK"
    """Country (ISO 3166) of telephone numbers written without a country code."""
