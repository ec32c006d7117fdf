"""Members, cards, transfers, balances and sales as files that a spreadsheet opens without running anything."""
