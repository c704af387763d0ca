"""The one write path: vault, ledger and store of a data home, wired together."""
