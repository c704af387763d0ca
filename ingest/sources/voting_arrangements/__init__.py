"""Source folder: what it is (source.yaml) and what its rows claim (parser.py)."""
