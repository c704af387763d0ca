"""What the ledger already knows of the keys that a row cites."""

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from graph.ledger import tables as t
from graph.ledger.rows import ClaimRow
from graph.model.claims import key_kind
from graph.model.text import norm_name
from graph.store.project import some_of
from ingest.citations import Citation, find

#: Authority from which on a source counts as the register of its subjects.
REGISTER_RANK = 90


class Known:
    """Registered subjects, their names and departments; loaded in bulk, asked a key at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[str, frozenset[str]] = {}
        self._kinds: dict[str, frozenset[str]] = {}
        self._home: dict[str, str] = {}

    def load(self, keys: Iterable[str]) -> None:
        """Fetch what the ledger holds of these keys now."""
        missing = [k for k in dict.fromkeys(keys) if k not in self._kinds]
        weak = [k for k in missing if key_kind(k) in ("org", "reg", "dept", "court")]
        for some in some_of(weak):
            ends = or_(t.link.c.a.in_(some), t.link.c.b.in_(some))
            where = (ends, t.link.c.kind == "mention", t.link.c.seq_to.is_(None))
            for a, b in self._connection.execute(select(t.link.c.a, t.link.c.b).where(*where)):
                for one, other in ((a, b), (b, a)):
                    if key_kind(other) == "uscc":
                        self._home[one] = other
        owners = {self._home.get(key, key) for key in missing}
        found: dict[str, list[ClaimRow]] = {}
        c = t.claim.c
        for some in some_of(owners):
            live = (c.a.in_(some), c.relation == "", c.rank >= REGISTER_RANK, c.seq_to.is_(None))
            for values in self._connection.execute(select(t.claim).where(*live)):
                row = ClaimRow(*values)
                found.setdefault(row.a, []).append(row)
        for key in missing:
            rows = found.get(self._home.get(key, key), [])
            self._kinds[key] = frozenset(row.kind for row in rows)
            self._names[key] = frozenset(norm_name(n.text) for row in rows for n in row.names())

    def registered(self, key: str) -> bool:
        """Whether a register holds the subject of this key; the key must have been loaded."""
        return bool(self._kinds[key])

    def names(self, key: str) -> frozenset[str]:
        """The register's names of the subject, now and before, in comparison form."""
        return self._names[key]

    def department(self, key: str) -> bool:
        """Whether the key is that of a known department (or a court)."""
        return bool(self._kinds[key] & {"department", "court"})

    def cited(self, citation: Citation) -> tuple[str, ...]:
        """Keys of what a row names by number; none when it never came."""
        return find(self._connection, citation)

    def keep_cited(self, parser: object, fields: dict[str, str]) -> None:
        """Put the keys of what a row cites into the fields that its source keeps for them."""
        for citation in getattr(parser, "cited", lambda _: ())(fields):
            found = self.cited(citation) if citation.field else ()
            if found:
                fields[citation.field] = found[0]
