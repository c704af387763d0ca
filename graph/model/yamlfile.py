"""Data files in YAML, read with the fast loader where the library was built with it."""

from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """The content of a YAML text, safe types only; yaml.YAMLError for what is none."""
    return yaml.load(text, Loader=_LOADER)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; as :func:`parse_yaml`."""
    return parse_yaml(path.read_text(encoding="utf-8"))
