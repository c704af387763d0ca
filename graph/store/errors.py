"""What a store can refuse."""


class StoreUnavailable(RuntimeError):
    """The store does not answer; the ledger goes on and the graph catches up later."""


class ForeignStore(RuntimeError):
    """The store holds the graph of another ledger, or of a later state than this ledger has."""
