"""Programs elsewhere are told what happened here: read from ledger and audit log, signed, sent until it arrives."""
