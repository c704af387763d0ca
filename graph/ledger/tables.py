"""The tables of the ledger (SQLAlchemy Core; SQLite now, PostgreSQL by URL).

``entry`` is append-only and chained; ``payload`` stands apart so that a legal
erasure can take it away; ``claim`` rows never change but for ``seq_to``.
``link``, ``membership``, ``waiting``, ``review`` and ``case_state`` are derived and checked by ``verify``.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

#: One row a ledger: its id and schema.
book = Table("book", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))

#: Everything that was ever told, in order. ``rec``: keyed hash of source and
#: natural key. ``content``: hash of the compared content. ``version_date``,
#: ``ended``, ``filled``: which version of a record is current. ``cites``: the
#: entry (quarantined row, decision) that this one follows from.
entry = Table(
    "entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("batch", String, nullable=False),
    Column("source", String, nullable=False),
    Column("rec", String, nullable=False),
    Column("file", String, nullable=False),
    Column("row", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("content", String, nullable=False),
    Column("version_date", String, nullable=False),
    Column("ended", Integer, nullable=False),
    Column("filled", Integer, nullable=False),
    Column("cites", Integer, nullable=False),
    Column("claims_hash", String, nullable=False),
    Column("commitment", String, nullable=False),
    Column("hash", String, nullable=False),
)
Index("entry_rec", entry.c.rec)
Index("entry_kind", entry.c.kind, entry.c.source)

#: What an entry said, and the nonce of its commitment.
payload = Table(
    "payload",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
)

#: Claims. ``relation`` "" = a node claim (``a`` is the subject, ``kind`` its kind).
#: Live while ``seq_from <= seq < seq_to`` (``seq_to`` null = now).
claim = Table(
    "claim",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entry", Integer, nullable=False),
    Column("relation", String, nullable=False),
    Column("a", String, nullable=False),
    Column("b", String),
    Column("kind", String, nullable=False),
    Column("valid_from", String),
    Column("valid_to", String),
    Column("seen_on", String),
    Column("level", Integer, nullable=False),
    Column("shown_until", String),
    Column("rank", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("seq_from", Integer, nullable=False),
    Column("seq_to", Integer),
)
Index("claim_a", claim.c.a, claim.c.relation, claim.c.b)
Index("claim_b", claim.c.b, claim.c.relation, sqlite_where=claim.c.b.is_not(None))
Index("claim_entry", claim.c.entry)
Index("claim_to", claim.c.seq_to, sqlite_where=claim.c.seq_to.is_not(None))

#: Keys that one mention or one decision puts together (``kind``: same, different, mention).
link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("a", String, nullable=False),
    Column("b", String, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("seq_from", Integer, nullable=False),
    Column("seq_to", Integer),
)
Index("link_a", link.c.a)
Index("link_b", link.c.b)
Index("link_entry", link.c.entry)

#: Which node a key belongs to, and when it did. ``own``: the id the key alone would give.
#: ``owner``: whose context a ``ctx:`` key lies in.
membership = Table(
    "membership",
    metadata,
    Column("key", String, primary_key=True),
    Column("seq_from", Integer, primary_key=True),
    Column("own", String, nullable=False),
    Column("node", String, nullable=False),
    Column("owner", String),
    Column("seq_to", Integer),
)
Index("membership_owner", membership.c.owner, sqlite_where=membership.c.owner.is_not(None))
Index("membership_own", membership.c.own)
Index("membership_node", membership.c.node)
Index("membership_from", membership.c.seq_from)
Index("membership_to", membership.c.seq_to, sqlite_where=membership.c.seq_to.is_not(None))

#: Quarantined rows; ``needs``: the key or list version a waiting one waits for;
#: ``closed``: the entry that ended the wait.
waiting = Table(
    "waiting",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("source", String, nullable=False),
    Column("rec", String, nullable=False),
    Column("content", String, nullable=False),
    Column("code", String, nullable=False),
    Column("state", String, nullable=False),
    Column("needs", String, nullable=False),
    Column("closed", Integer),
)
Index("waiting_content", waiting.c.content)
Index("waiting_open", waiting.c.needs, sqlite_where=waiting.c.closed.is_(None))

#: Facts of documents that wait for a person or that a person has decided, as things stand now. ``since``: the current
#: version of the document; ``held``: the version whose words are shown; ``decision``: the entry in force, if any.
review = Table(
    "review",
    metadata,
    Column("id", String, primary_key=True),
    Column("rec", String, nullable=False),
    Column("since", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("decision", Integer),
)
Index("review_rec", review.c.rec)
Index("review_state", review.c.state, review.c.since, review.c.id)

#: How each case stands after its last step (:mod:`graph.ledger.cases`).
case_state = Table(
    "case_state",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("flag", String, nullable=False),
    Column("measure", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("party", String, nullable=False),
    Column("role", String, nullable=False),
    Column("body", String, nullable=False),
    Column("ground", String, nullable=False),
    Column("parent", String, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("due", String, nullable=False),
)
Index("case_subject", case_state.c.subject)
Index("case_party", case_state.c.party)
Index("case_parent", case_state.c.parent)
Index("case_open", case_state.c.body, case_state.c.state, case_state.c.due)

#: What the answer of reach for a subject (node id) was made from: nodes read, and whether their edges were too.
#: Only a memory of the last run; without it the next one asks for everybody.
case_read = Table(
    "case_read",
    metadata,
    Column("subject", String, primary_key=True),
    Column("node", String, primary_key=True),
    Column("edges", Integer, nullable=False),
)
Index("case_read_node", case_read.c.node)

#: Ids and keys that a legal erasure took away: ``own`` is the id of the key, the key itself is gone.
erased = Table(
    "erased",
    metadata,
    Column("own", String, primary_key=True),
    Column("seq", Integer, nullable=False),
)

#: Entries whose payload or claims an erasure took away.
erased_entry = Table(
    "erased_entry",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)
