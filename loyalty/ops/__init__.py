"""Looking after the data: verify, backup, restore."""
