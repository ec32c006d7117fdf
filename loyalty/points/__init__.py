"""The points engine: the programme document, the ledger's facts, and the pure rules between them."""
