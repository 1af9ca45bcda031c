"""What may be asked and spent, by whom: rates, prices, and a ledger that is never overdrawn."""
