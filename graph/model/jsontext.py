"""JSON in the one form in which the ledger, the stores and the digest keep it: compact, UTF-8, keys sorted."""

from typing import Any

import orjson


def dump(value: Any) -> str:
    """``value`` as compact JSON, keys in the order given."""
    return orjson.dumps(value).decode()


def dump_sorted(value: Any) -> str:
    """``value`` as canonical JSON: compact, keys sorted by code point."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


#: The value of a JSON text or UTF-8 bytes; ValueError for anything else.
load = orjson.loads
