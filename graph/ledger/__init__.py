"""The append-only record of what arrived and what people decided, and the vault of ID numbers."""
