"""What a row names by number: a certificate, or a record of another source. Found by number and subject, never by name.

A repair, an objection or a report does not hold the key of what it names. The
look-ups here read live claims, so that what is found depends on what the
ledger holds and not on when it came.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from graph.ledger import tables as t
from graph.model.text import norm_doc_no, norm_name
from graph.model.values import parse_date
from graph.resolve.clusters import keys_of, node_of
from graph.store.project import some_of

#: Marks what a waiting row waits for as something it cites by number.
_NEED = "cited:"

#: Nodes with a number that are no records of anybody's conduct.
_NO_RECORDS = frozenset({"repair", "objection", "certificate", "report"})

_CODES = {"record": "unknown_record", "certificate": "unknown_practitioner"}


@dataclass(frozen=True, slots=True)
class Citation:
    """Something named by ``number``.

    ``subject``: key of the subject of a record ("": whoever it is, if there is but one); of a certificate, key of the
    unit where its holder practises, which decides between holders of one number. ``name``: the holder's name.
    ``source``: id of the source of a record, ``kinds``: its node kinds, ``lists``: the lists it may be on, "" for none;
    empty: any.
    ``field``: where the key of what was found is kept in the row. ``title``: the column that names it.
    """

    what: Literal["record", "certificate"]
    number: str
    subject: str = ""
    name: str = ""
    source: str = ""
    kinds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    field: str = ""
    title: str = ""

    @property
    def code(self) -> str:
        """The code of a row that names what never came."""
        return _CODES[self.what]

    @property
    def need(self) -> str:
        """What a row waits for, as :func:`awaited` reads it back."""
        return _NEED + json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def awaited(need: str) -> Citation | None:
    """The citation that a row waits for; None when it waits for something else."""
    if not need.startswith(_NEED):
        return None
    body: dict[str, Any] = json.loads(need.removeprefix(_NEED))
    return Citation(**body | {name: tuple(body[name]) for name in ("kinds", "lists")})


def certificate_key(number: str, category: str, issuer: str) -> str:
    """The key of a certificate; the number first, so that it is found by it alone."""
    parts = (norm_doc_no(number), category, norm_name(issuer))
    return "cert:" + "/".join(part.replace("/", "／") for part in parts)


def find(connection: Connection, citation: Citation) -> tuple[str, ...]:
    """Keys of what is named, sorted; none when it never came or when it could be several people's."""
    found = _certificates if citation.what == "certificate" else _records
    return tuple(sorted(found(connection, citation)))


def _certificates(connection: Connection, citation: Citation) -> list[str]:
    start = certificate_key(citation.number, "", "").removesuffix("/")
    member = t.membership.c
    where = (member.key >= start, member.key < f"{start[:-1]}0", member.seq_to.is_(None))
    holders: dict[str, list[str]] = {}
    for key, node in connection.execute(select(member.key, member.node).where(*where)):
        holders.setdefault(node, []).append(key)
    keys = keys_of(connection, holders)
    if citation.name:
        wanted = norm_name(citation.name)
        holders = {n: some for n, some in holders.items() if wanted in _names(connection, keys[n])}
    if len(holders) > 1:
        unit = _cluster(connection, citation.subject)
        holders = {n: some for n, some in holders.items() if _practises(connection, keys[n], unit)}
    return [min(some) for some in holders.values()] if len(holders) == 1 else []


def _names(connection: Connection, keys: Sequence[str]) -> set[str]:
    c = t.claim.c
    rows = connection.execute(select(c.data).where(c.a.in_(keys), c.relation == "", c.seq_to.is_(None)))
    return {norm_name(name[0]) for (data,) in rows for name in json.loads(data).get("n", ())}


def _practises(connection: Connection, person: Sequence[str], unit: Sequence[str]) -> bool:
    c = t.claim.c
    where = (c.a.in_(person), c.relation == "practises_at", c.b.in_(unit), c.seq_to.is_(None))
    return connection.execute(select(c.id).where(*where)).first() is not None


def _cluster(connection: Connection, key: str) -> list[str]:
    """All keys of the subject of a key."""
    node = node_of(connection, [key]).get(key)
    return keys_of(connection, [node])[node] if node else [key]


def records_about(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Record keys whose principal subject, the first one that the record is about, holds one of these keys."""
    c, own = t.claim.c, set(keys)
    about = (c.relation == "about", c.seq_to.is_(None))
    recs: set[str] = set()
    for some in some_of(sorted(own)):
        recs.update(connection.execute(select(c.a).where(c.b.in_(some), *about)).scalars())
    first: dict[str, str] = {}
    for some in some_of(sorted(recs)):
        for a, b in connection.execute(select(c.a, c.b).where(c.a.in_(some), *about).order_by(c.id)):
            first.setdefault(a, b)
    return sorted(rec for rec, subject in first.items() if subject in own)


def subject_of(connection: Connection, rec: str) -> str | None:
    """The key of the principal subject of a record."""
    c = t.claim.c
    where = (c.a == rec, c.relation == "about", c.seq_to.is_(None))
    return connection.execute(select(c.b).where(*where).order_by(c.id).limit(1)).scalar()


def _records(connection: Connection, citation: Citation) -> list[str]:
    if citation.subject:
        recs = records_about(connection, _cluster(connection, citation.subject))
        return _of_number(connection, recs, citation)
    found = _of_number(connection, _numbered(connection, citation), citation)
    subjects = node_of(connection, filter(None, (subject_of(connection, rec) for rec in found)))
    return found if len(set(subjects.values())) == 1 else []


def _numbered(connection: Connection, citation: Citation) -> list[str]:
    """Records of the source that may bear the number, whoever they are about: a scan, for who does not say it."""
    c, e = t.claim.c, t.entry.c
    number = json.dumps(citation.number, ensure_ascii=False)
    where = [e.kind.in_(("record", "reading")), c.relation == "", c.seq_to.is_(None)]
    where += [c.data.contains(f'"document_no":{number}', autoescape=True)]
    if citation.source:
        where.append(e.source == citation.source)
    return sorted(connection.execute(select(c.a).distinct().join(t.entry, e.seq == c.entry).where(*where)).scalars())


def _of_number(connection: Connection, recs: Sequence[str], citation: Citation) -> list[str]:
    """Those of some records that bear the number and are of the kind meant; without a number the date stands for it."""
    c = t.claim.c
    prefix = f"rec:{citation.source}/" if citation.source else "rec:"
    props: dict[str, dict[str, Any]] = {}
    for some in some_of(rec for rec in recs if rec.startswith(prefix)):
        where = (c.a.in_(some), c.relation == "", c.seq_to.is_(None))
        for a, kind, data in connection.execute(select(c.a, c.kind, c.data).where(*where).order_by(c.id)):
            props.setdefault(a, {"kind": kind}).update(json.loads(data).get("p", {}))
    return [rec for rec, found in props.items() if _fits(found, citation)]


def _fits(props: dict[str, Any], citation: Citation) -> bool:
    if props["kind"] in _NO_RECORDS or (citation.kinds and props["kind"] not in citation.kinds):
        return False
    if citation.lists and props.get("list", "") not in citation.lists:
        return False
    if props.get("document_no"):
        return str(props["document_no"]) == citation.number
    return str(props.get("date", "")) == _day(citation.number)


def _day(number: str) -> str:
    """The day that stands for a number, ISO; "" for a number."""
    try:
        return parse_date(number)
    except ValueError:
        return ""
