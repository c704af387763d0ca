"""Ownership, control, beneficial owners, groups and rings of a subject, as bodies; every number with its holdings."""
