"""What the ledger says about the shop: reports that answer one question each, as pure SQL with every number defined."""
