"""Facts that wait in a loaded town: composed judgments, read by the reader of composed texts."""

from tests import composed
from tests.api.conftest import Loaded, run


def load(town: Loaded, *texts: str) -> None:
    """Load judgments into the town."""
    files = composed.write(town.town.folder.parent / "composed", *texts)
    with composed.reading():
        assert run("load", "judgments", *map(str, files), "--json").code == 0


def waiting_fact(town: Loaded) -> str:
    """The id of a fact that waits."""
    load(town, composed.judgment(composed.GUARANTEE.format(composed.P, composed.A), number=9001))
    found = run("review", "list", "--limit", "1000", "--json").body["results"]
    return str(next(row["id"] for row in found if "9001" in row["document"]["name"]))
