"""What the ledger already knows of the keys that a row cites."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from graph.ledger import tables as t
from graph.ledger.bulk import among
from graph.model.claims import key_kind
from graph.model.jsontext import load
from graph.model.text import norm_name
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
        link, c = t.link.c, t.claim.c
        for one, other in ((link.a, link.b), (link.b, link.a)) if weak else ():
            where = (among(one, weak), link.kind == "mention", link.seq_to.is_(None))
            for key, home in self._connection.execute(select(one, other).where(*where)).all():
                if key_kind(home) == "uscc":
                    self._home[key] = home
        live = (c.relation == "", c.rank >= REGISTER_RANK, c.seq_to.is_(None))
        owners = {self._home.get(key, key) for key in missing}
        rows = self._connection.execute(select(c.a, c.kind, c.data).where(among(c.a, owners), *live)).all()
        kinds: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        for owner, kind, data in rows:
            kinds.setdefault(owner, set()).add(kind)
            names.setdefault(owner, set()).update(norm_name(name[0]) for name in load(data).get("n", ()))
        for key in missing:
            home = self._home.get(key, key)
            self._kinds[key] = frozenset(kinds.get(home, ()))
            self._names[key] = frozenset(names.get(home, ()))

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
