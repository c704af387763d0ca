"""Tests of the rules that cannot be retrofitted: ledger, clusters, projection, views, the past."""
