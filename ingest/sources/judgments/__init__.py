"""Court judgments and rulings as full text."""
