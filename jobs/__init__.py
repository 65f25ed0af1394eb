"""Work in the background and by the clock: settings, the ledger, runners and tasks."""
