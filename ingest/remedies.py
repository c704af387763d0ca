"""Repairs and objections by case: what a case does to the graph is a row of ``repairs`` or ``objections`` alone.

A step and its row are written in one ledger transaction, so a crash leaves both or neither; the row takes the way of
every row (reader, checks, seal, recorder, readings). A row that is refused or held refuses the step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.book.book import Book
from graph.ledger import cases
from graph.ledger.cases import Event, Row
from graph.ledger.clock import today
from graph.ledger.ledger import Writer
from graph.measures.cases import acts
from graph.measures.cases.machine import Actor, NotAllowed
from graph.measures.cases.remedies import (
    OBJECTION,
    PENDING,
    PLATFORM,
    REMEDIES,
    REPAIR,
    STOP_DAYS,
    Plea,
    fields_of,
    open_remedy,
    plea_of,
)
from graph.measures.cases.severity import severity_of
from graph.measures.cases.sync import beside_graph
from graph.measures.terms import standing_terms
from graph.measures.triggers import OBJECTED, STANDING, status
from graph.model.claims import RESTRICTED
from graph.model.text import norm_doc_no
from graph.store.base import Node, Reader, View
from ingest import registry
from ingest.citations import find
from ingest.load import finish, next_batch, prepare
from ingest.problems import Problem
from ingest.rawrows import RawRow
from ingest.receipt import Receipt
from ingest.recorder import Recorder
from ingest.schema import SourceSpec

_SOURCES = {REPAIR: "repairs", OBJECTION: "objections"}

#: Records of what others do about a record, which are not themselves repaired or objected to.
_SPEAKING = frozenset({"repair", "objection"})

#: Lists as Order 36 calls them; the keys are those of the source ``repairs``.
_SEVERE, _ABNORMAL = frozenset({"L01", "L02", "L05", "L06"}), frozenset({"L03", ""})

#: Step -> the decision that its row tells.
_DECISIONS = {"grant": "准予", "deny": "不予", "withdraw": "撤回", "revoke": "撤销(弄虚作假)"}

#: Steps of each kind that write a row.
_TELLING: Mapping[str, frozenset[str]] = {REPAIR: frozenset(_DECISIONS), OBJECTION: frozenset({"answer"})}


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks for. ``subject``, ``record``: ids of nodes; ``fields``: of the step ``apply``."""

    kind: str
    subject: str
    record: str
    fields: Mapping[str, object]


def record_of(reader: Reader, view: View, subject: Node, asked: str) -> Node:
    """A record about a subject by id, key or document number. NotAllowed ``unknown_record``, ``ambiguous_record``."""
    about = reader.neighbours(view, [subject.id], ["about"], "in")
    found_by_id = reader.get(view, sorted({edge.source for edge in about}))
    nodes = {node.id: node for node in found_by_id.values() if node.kind not in _SPEAKING}
    number = norm_doc_no(asked)
    found = [n for n in nodes.values() if asked == n.id or asked in n.keys]
    found = found or [n for n in nodes.values() if n.props.get("document_no") == number]
    if not found:
        raise NotAllowed("unknown_record", "record: no record of this id or number is about the subject")
    if len(found) > 1:
        told = ", ".join(sorted(node.id for node in found))
        raise NotAllowed("ambiguous_record", f"record: several bear this number; name one by its id: {told}")
    return found[0]


def apply(book: Book, asked: Application, actor: Actor) -> Row:
    """Open a case; an objection marks its record at once. NotAllowed, and nothing is written."""
    if asked.kind not in REMEDIES:
        raise NotAllowed("unknown_kind", f"kind: expected one of {', '.join(sorted(REMEDIES))}")
    with beside_graph(book) as writer:
        writer.flush()
        view = View(RESTRICTED, today(), None, today())
        subject = book.store.get(view, [asked.subject]).get(asked.subject)
        if subject is None:
            raise NotAllowed("unknown_subject", "subject: not known any more")
        record = record_of(book.store, view, subject, asked.record)
        _check_open(book, writer, view, asked.kind, subject, record)
        plea = _plea(book, writer, view, asked.kind, subject, record)
        row, _ = open_remedy(writer, asked.kind, subject.keys[0], plea, actor, asked.fields)
        if row.kind == OBJECTION:
            writer.flush()
            _tell(book, writer, row, row.due, "apply", (subject, record))
        return row


def act(book: Book, case: str, transition: str, actor: Actor, given: Mapping[str, object]) -> Row:
    """A step that a person takes in a case of any kind, with the row that it makes. Unknown, NotAllowed."""
    known = _row(book, case)
    if known is None or transition not in _TELLING.get(known.kind, ()):
        with book.writing() as writer:
            return acts.act(writer, case, transition, actor, given)
    with beside_graph(book) as writer:
        before = cases.get(writer.connection, case)
        row = acts.act(writer, case, transition, actor, given)
        writer.flush()
        assert before, "acted"
        _tell(book, writer, row, before.due, transition, _parties(book, writer, row, transition))
        return row


def _row(book: Book, case: str) -> Row | None:
    with book.ledger.reading() as connection:
        return cases.get(connection, case)


def _check_open(book: Book, writer: Writer, view: View, kind: str, subject: Node, record: Node) -> None:
    """Whether a case of a kind may be opened about a record now."""
    standing = status(record, view.today)
    if standing not in STANDING:
        raise NotAllowed("record_ended", f"record: it is {standing or 'not in force yet'}; nothing is left to ask for")
    pending = {
        row.kind
        for row in cases.of_keys(writer.connection, subject.keys)
        if row.ground in record.keys and row.state in PENDING.get(row.kind, ())
    }
    pending |= {OBJECTION} if standing == OBJECTED else set()
    pending |= {REPAIR} if _repair_filed(book.store, view, record) else set()
    if kind in pending:
        raise NotAllowed("already_open", f"record: a case of this kind ({kind}) is open about it")
    if pending:
        (other,) = pending
        raise NotAllowed(f"{other}_open", f"record: a case of kind {other} is open about it; it comes first")
    adverse = standing_terms()
    if kind == REPAIR and not any(adverse.record_kinds.get(name) for name in adverse.kinds_of_record(record)):
        raise NotAllowed("not_repairable", "record: it says nothing adverse, so there is nothing to repair")


def _repair_filed(store: Reader, view: View, record: Node) -> bool:
    """Whether a file of another system tells of a repair that is not decided yet."""
    edges = store.neighbours(view, [record.id], ["repairs"], "in")
    return any(not n.props.get("decision") for n in store.get(view, [edge.source for edge in edges]).values())


def _plea(book: Book, writer: Writer, view: View, kind: str, subject: Node, record: Node) -> Plea:
    props = record.props
    source = str(props["source"])
    # Some lists do not say who put somebody on them: the department whose list it is.
    issuer = str(props.get("issuer") or registry.spec(source).department)
    number = str(props.get("document_no") or props.get("date") or "")
    info = _info_kind(record) if kind == REPAIR else ""
    plea = Plea(record.keys[0], number, source, issuer, _determining(book.store, view, record, issuer), info)
    fields = {"subject_id": _own_key(subject)} | _cited(plea)
    cited = registry.parser(_SOURCES[kind]).cited(fields)
    found = {key for citation in cited for key in find(writer.connection, citation)}
    if not found or not found <= set(record.keys):
        raise NotAllowed("ambiguous_record", "record: its number does not tell it from others of the subject")
    return plea


def _determining(store: Reader, view: View, record: Node, issuer: str) -> str:
    """The body that decides, as a key names it: ``court`` for a court, else the name of who determined the record."""
    edges = store.neighbours(view, [record.id], ["issued_by"], "out")
    ends = store.get(view, [edge.target for edge in edges]).values()
    return "court" if any(node.kind == "court" for node in ends) else issuer


def _info_kind(record: Node) -> str:
    """The kind of information in the words of Order 36 Art. 4."""
    if record.kind == "penalty":
        return "行政处罚"
    on_list = str(record.props.get("list", ""))
    if record.kind == "list_entry" and on_list in _SEVERE:
        return "严重失信主体名单"
    return "异常名录" if record.kind == "list_entry" and on_list in _ABNORMAL else "其他失信信息"


def _own_key(subject: Node) -> str:
    """The best key of a subject that a row can name: a code, the token of a number, else a registration number."""
    for kind in ("uscc:", "pid:", "org:", "reg:"):
        for key in subject.keys:
            if key.startswith(kind):
                return key
    raise NotAllowed("name_only", "subject: known by name only; a repair or an objection needs a number")


def _cited(plea: Plea) -> dict[str, str]:
    """What a row says of the record that it means."""
    told = {"record_no": plea.number, "info_kind": plea.info_kind, "record_source": plea.source}
    return {name: text for name, text in told.items() if text}


def _parties(book: Book, writer: Writer, row: Row, transition: str) -> tuple[Node, Node]:
    """Subject and record of a case beside the ledger; NotAllowed when one is gone, or a repair has come too late."""
    view = View(RESTRICTED, today(), None, today())
    subject, record = book.store.by_key(view, row.subject), book.store.by_key(view, row.ground)
    if subject is None or record is None:
        raise NotAllowed("unknown_record", "record: it is not known any more")
    standing = status(record, today())
    if transition == "grant" and standing == OBJECTED:
        raise NotAllowed("objection_open", "grant: an objection to the record is open; it comes first")
    if transition == "grant" and standing not in STANDING:
        raise NotAllowed("record_ended", f"grant: the record is {standing}; nothing is left to repair")
    return subject, record


def _tell(book: Book, writer: Writer, row: Row, due: str, step: str, parties: tuple[Node, Node]) -> None:
    """Write the row that a step makes, as a batch of its source. NotAllowed with the code that refuses it."""
    subject, record = parties
    events = cases.events(writer.connection, row.id)
    plea = plea_of(events)
    assert plea, "opened with one"
    number = _own_key(subject).partition(":")[2]
    if _own_key(subject).startswith("pid:"):
        number = book.vault.number(_own_key(subject)) or ""
    cells = {"subject_name": subject.name, "subject_number": number} | _cited(plea)
    cells |= _repair(row, plea, events, step, record) if row.kind == REPAIR else _objection(row, plea, events, due)
    spec, source = registry.spec(_SOURCES[row.kind]), _SOURCES[row.kind]
    assert isinstance(spec, SourceSpec), "a table"
    given = {name: text for name, text in cells.items() if text and name in spec.by_name}
    raw = RawRow(1, list(given.values()))
    found = spec.reader([spec.by_name[name].zh for name in given]).canonical(raw, today())
    if isinstance(found, Problem):
        raise _refused(found)
    receipt, parser = Receipt(source, next_batch(writer)), registry.parser(source)
    recorder = Recorder(writer, source, parser, receipt.batch)
    rows = prepare(book, spec, parser, f"case {row.id}", [(raw, found)])
    recorder.prefetch(rows)
    outcome = recorder.take(rows[0])
    if isinstance(outcome, Problem):
        raise _refused(outcome)
    receipt.counts[outcome] += 1
    finish(writer, recorder, receipt)


def _refused(found: Problem) -> NotAllowed:
    return NotAllowed("row_refused", f"{found.field or 'row'}: {found.code}: {found.message}")


def _repair(row: Row, plea: Plea, events: Sequence[Event], step: str, record: Node) -> dict[str, str]:
    """The fields of a row of ``repairs`` from those of the case, by canonical name."""
    known = fields_of(events)
    severity = severity_of(record, today(), known.get("severity", ""))
    if not severity.severity and step != "withdraw":
        raise NotAllowed("missing_field", f"severity: the data do not tell it; {step} needs 轻微, 一般 or 严重")
    reasons = {event.transition: event.body["fields"].get("reason", "") for event in events if event.body}
    stops = {field.removesuffix("_on"): known.get(field, "") for field in STOP_DAYS}
    decided = "revoked_on" if step == "revoke" else "decided_on"
    return stops | {
        "apply_no": row.id,
        "severity": severity.severity or "",
        "min_display_end": severity.earliest or "",
        "channel": known.get("channel", "线下窗口"),
        "authority_name": plea.issuer,
        "received": known["submitted_on"],
        "forwarded": known.get("forwarded_on", ""),
        "accepted": known.get("accepted_on", ""),
        "decided": known.get(decided) or today(),
        "extension_reason": reasons.get("extend", ""),
        "decision": _DECISIONS[step],
        "refusal_reason": "" if step == "grant" else reasons[step],
    }


def _objection(row: Row, plea: Plea, events: Sequence[Event], due: str) -> dict[str, str]:
    """The fields of a row of ``objections`` from those of the case, by canonical name."""
    known = fields_of(events)
    return {
        "objection_no": row.id,
        "claimant": "本人",
        "ground": known["ground"],
        "submitted": known["submitted_on"],
        "handler": PLATFORM,
        "verifier": plea.issuer,
        "due": due,
        "result": known.get("result", ""),
        "replied": known.get("replied_on", ""),
    }
