"""Member cards, points and VIP levels for shops: a central server, counters, and the devices on them."""

__version__ = "0.1.0"
