"""Today's date, which tests set with ``CREDITGRAPH_TODAY``."""

import os
from datetime import UTC, date, datetime


def today() -> str:
    """The wall clock's date as ISO text; ValueError when ``CREDITGRAPH_TODAY`` is no date."""
    fixed = os.environ.get("CREDITGRAPH_TODAY")
    return date.fromisoformat(fixed).isoformat() if fixed else date.today().isoformat()


def now() -> str:
    """UTC time as ISO text to the microsecond, on the day that ``CREDITGRAPH_TODAY`` sets."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    fixed = os.environ.get("CREDITGRAPH_TODAY")
    return f"{date.fromisoformat(fixed).isoformat()}T{moment[11:]}Z" if fixed else f"{moment}Z"
