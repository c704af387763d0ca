"""One folder per source: source.yaml and, where YAML is not enough, a parser."""
