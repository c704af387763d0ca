"""Pure definitions: ontology, identifiers, values, claims. No database, no files but data tables."""
