"""Paths by strength of evidence: an index of one view, its search, links among a group."""
