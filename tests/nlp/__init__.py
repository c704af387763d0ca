"""Tests of the judgment reader."""
