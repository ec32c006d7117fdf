"""Members, cards, balances and sales from files: looked at first, then brought in, and taken back as a whole."""
