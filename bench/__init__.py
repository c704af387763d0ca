"""Bench lines: each figure beside a named rival in the same run."""
