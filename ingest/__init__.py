"""Sources to ledger entries and claims, with rejected and quarantined rows accounted for."""
