"""``creditgraph check`` and ``creditgraph certificate``: compare before a decision, certify, verify, ask again."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from api.asking import Question
from api.checks import Result, Target, by_key, certified_body, check_body, purpose_of, result_of
from api.commands import Answer, asked_day, opened, unreadable_time, view_of
from api.cut import cut
from api.entities import Unanswerable
from graph.book.book import Book
from graph.ledger import tables as t
from graph.ledger.signing import public_hex, signing_key
from graph.measures import certificate as certificates
from graph.measures.catalogue import standing_catalogue
from graph.measures.purposes import standing_purposes
from graph.model.ids import check_id

#: Rows of measures in a result.
_ROWS = ("binding", "proposed", "switched_off")


def check_command(args: argparse.Namespace) -> Answer:
    """Which measures bind a decision; with ``--certificate`` kept and certified."""
    purpose_of(args.purpose)
    place = Path(args.certificate).absolute() if args.certificate else None
    if place and (place.is_dir() or not place.parent.is_dir()):
        raise Unanswerable(
            400, "no such folder", "--certificate: expected the name of a file in a folder that is there"
        )
    if check_id(args.id).kind == "id_card":
        told = "give an ID number on standard input, with - as the ID"
        raise Unanswerable(400, "ID number on the command line", told)
    subject = sys.stdin.readline().strip() if args.id == "-" else args.id
    with opened() as book:
        reader, view = view_of(book, args)
        asked = Question(book, reader, view)
        if place is None:
            return check_body(asked, subject, args.purpose), 0
        body = certified_body(asked, subject, args.purpose, "cli")
    place.write_text(certificates.text_of(body["certificate"]), "utf-8")
    return body | {"out": place.name}, 0


def certificate_command(args: argparse.Namespace) -> Answer:
    """The public key; whether a certificate is true; what its question is told now."""
    if args.verb == "key":
        return {"algorithm": "Ed25519", "public_key": public_hex(signing_key())}, 0
    if not args.file:
        raise Unanswerable(400, "incomplete command", f"certificate {args.verb} needs FILE")
    content = _content(Path(args.file))
    public = _public(args.public_key) if args.public_key else None
    if args.verb == "verify":
        return _verified(content, public)
    own = public or public_hex(signing_key())
    wrong = certificates.problems(content, own)
    if wrong:
        raise Unanswerable(400, "bad certificate", "; ".join(wrong))
    with opened() as book:
        return rerun(book, certificates.read(content))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(certificates.LARGEST + 1)
    except OSError as error:
        raise Unanswerable(400, "unreadable certificate", f"{path.name}: {type(error).__name__}") from None
    if len(content) > certificates.LARGEST:
        raise Unanswerable(400, "unreadable certificate", f"{path.name}: too large for a certificate")
    return content


def _public(given: str) -> str:
    """A public key as hex or in a file; Unanswerable 400."""
    try:
        path = Path(given)
        return certificates.public_key(path.read_text("ascii") if path.is_file() else given)
    except (OSError, ValueError):
        told = "--public-key: expected the 64 hex digits of an Ed25519 public key, or a file of them"
        raise Unanswerable(400, "bad public key", told) from None


def _verified(content: bytes, public: str | None) -> Answer:
    wrong = certificates.problems(content, public)
    body: dict[str, Any] = {"ok": not wrong, "problems": wrong}
    if wrong:
        return body, 2
    found = certificates.read(content)
    told = "the key given" if public else "the key in it alone: give --public-key to know whose it is"
    body |= {"checked_against": told, "key": found["key"], "id": found["id"], "made_at": found["made_at"]}
    return body | {"query": found["query"], "ledger": found["ledger"], "outcome": found["result"].get("outcome")}, 0


def rerun(book: Book, certificate: Mapping[str, Any]) -> Answer:
    """Ask the question of a certificate again, of its time and of now; Unanswerable 409 for another ledger's."""
    ledger = certificate["ledger"]
    if ledger["id"] != book.ledger.id:
        raise Unanswerable(409, "another ledger", "the certificate was made from another ledger than that of this home")
    if book.ledger.hash_at(ledger["seq"]) != ledger["hash"]:
        told = f"entry {ledger['seq']} has not the hash that the certificate names: run creditgraph verify"
        raise Unanswerable(409, "another past", told)
    then = certificate["result"]
    again = _asked_again(book, certificate["query"], past=True).body
    now = _asked_again(book, certificate["query"], past=False).body
    differs = _differing(then, again)
    body = {"id": certificate["id"], "same": not differs, "differs": differs}
    body |= {"why": _why(book, certificate, differs), "now_same": not _differing(then, now, "known_at")}
    body |= {"now_differs": _differing(then, now, "known_at"), "known_at": ledger["seq"]}
    return body, 0 if not differs else 1


def _asked_again(book: Book, query: Mapping[str, Any], *, past: bool) -> Result:
    """The result of a query, of its own time or of now. Its reader saw what that level and division see."""
    with unreadable_time():
        day = asked_day(query["as_of"])
        reader, view = book.view(as_of=day, known_at=query["known_at"] if past else None, level=query["level"])
    if past:
        view = replace(view, today=query["asked_on"])
    asked = Question(book, cut(reader, query["level"], query["division"]), view, None, query["division"])
    seq = query["known_at"] if past else book.seq(view)
    return result_of(asked, _target(asked, query["subject"]), purpose_of(query["purpose"]), seq)


def _target(asked: Question, subject: Mapping[str, str]) -> Target:
    """Whom a query means; the keyed hash of a number stands for the number."""
    by, value = subject["by"], subject["value"]
    if by == "id":
        node = asked.reader.get(asked.view, [value]).get(value)
        return Target(by, value, node, node.keys if node else ())
    if by == "id_card":
        return by_key(asked, by, value, asked.book.vault.of_keyed(value) or f"person:{value}", tell_erased=False)
    kind = {"uscc": "uscc", "reg_no": "reg", "org_code": "org"}[by]
    return by_key(asked, by, value, f"{kind}:{value}", tell_erased=False)


def _why(book: Book, certificate: Mapping[str, Any], differs: list[str]) -> str:
    """Why the past tells otherwise: the law or the catalogue, since nothing else changes it."""
    if not differs:
        return "the past is as it was certified"
    e = t.erased_entry.c
    seq = certificate["ledger"]["seq"]
    with book.ledger.reading() as connection:
        erased = connection.execute(select(func.max(e.seq)).where(e.entry <= seq, e.seq > seq)).scalar()
    rules = (standing_catalogue().version, standing_purposes().version)
    if rules != (certificate["catalogue"], certificate["purposes"]):
        return "catalogue: another release of the rules answers" + (f"; erasure: entry {erased}" if erased else "")
    if erased:
        return f"erasure: entry {erased} took away by law something that was known then"
    return "unexplained: run creditgraph verify"


def _differing(then: Mapping[str, Any], again: Mapping[str, Any], *but: str) -> list[str]:
    """The parts of two results that differ; rows of measures by id."""
    told = []
    for name in sorted((then.keys() | again.keys()) - set(but)):
        if then.get(name) == again.get(name):
            continue
        if name in _ROWS:
            one, other = ({_row(row): row for row in some.get(name) or ()} for some in (then, again))
            differ = sorted({key[0] for key in one.keys() | other.keys() if one.get(key) != other.get(key)})
            name = f"{name}: {', '.join(differ)}"
        told.append(name)
    return told


def _row(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row["measure"]), str(row.get("role", "")), str((row.get("through") or {}).get("id", ""))
