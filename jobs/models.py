"""The tables of the job ledger."""
