"""The graph: claims in, one node per subject, lawful reach out. Knows nothing of sources, text or HTTP."""
