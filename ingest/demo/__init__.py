"""A composed town, whole cities of the same layouts, and small graphs: synthetic, the same bytes each time."""
