"""Questions over many nodes at once, answered on an index built from one scan of the store."""
