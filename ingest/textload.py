"""Full texts: one document a file (text, Word, HTML, PDF), read once, archived with its ID numbers masked in place.

Masking keeps the length, so every span of a fact opens on its words. The
numbers themselves go to the vault; where they stood is kept with the text.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from graph.book.book import Book
from graph.ledger.vault import Vault
from graph.model.claims import Claim
from graph.model.ids import mask_id, normalise
from ingest.documents.reading import read_file
from ingest.documents.text import Text
from ingest.judge import References
from ingest.masking import fill_in_place, mask_in_place, written_numbers
from ingest.parties import Fields, Meta
from ingest.problems import FileProblem, Problem, problem
from ingest.receipt import Receipt
from ingest.recorder import Recorder, Row
from ingest.rejects import Refused
from ingest.sealing import Sealed
from ingest.sources.judgments import parser, unsure
from ingest.submitters import Admits, not_admitted
from nlp.facts import JudgmentFacts, TextTooLong


@dataclass(frozen=True, slots=True)
class Document:
    """One text as read: what :class:`Recorder` asks of a parser, for this text."""

    facts: JudgmentFacts
    key: str
    sha256: str
    vault: Vault

    def claims(self, fields: Fields, rec_key: str) -> list[Claim]:
        """The claims of the document; numbers become tokens."""
        return parser.claims(self.facts, self.key, self.pid_of, sha256=self.sha256)

    def pid_of(self, number: str) -> tuple[str, str]:
        """Token and mask of an ID number."""
        return self.vault.token(number), mask_id(number)

    def checks(self, fields: Fields) -> Problem | None:
        """A document without a number of its own waits for a person."""
        if self.facts.case_no is None and (self.facts.document_no is None or self.facts.agency is None):
            return problem("no_case_no", "", "no case number (案号) was found in the heading")
        return None

    def references(self, fields: Fields) -> References:
        """Cites nobody that must be known."""
        return References()

    def meta(self, fields: Fields) -> Meta:
        """Number, court or authority, and date as the text prints them."""
        facts = self.facts
        found = (facts.case_no or facts.document_no, facts.court or facts.agency, facts.judgment_date)
        return Meta(*(place.value if place else None for place in found))


def read_document(text: str, vault: Vault) -> Document:
    """Read a text; FileProblem ``not_text`` when it is longer than any judgment."""
    # spaCy takes two seconds to import: only a command that reads a document waits for it.
    from nlp.reader import read

    try:
        facts = read(text)
    except TextTooLong as long:
        raise FileProblem("not_text", str(long)) from None
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(facts, parser.document_key(facts, text), digest, vault)


def row_of(document: Document, given: Text, file: str, vault: Vault) -> Row:
    """The row of a document: its text archived with masked numbers, and where they stood.

    The bytes of the file hold the numbers in clear, so only their hash is kept.
    """
    text = given.text
    places = [[start, end, vault.token(normalise(number))] for start, end, number in written_numbers(text)]
    archived = {
        "text": mask_in_place(text),
        "sha256": document.sha256,
        "format": given.format,
        "file_sha256": given.file_sha256,
        "numbers": places,
        "extractor": f"{document.facts.extractor} {document.facts.version}",
    }
    archived |= unsure.told(document.facts, document.key, str(archived["text"]), document.pid_of)
    date = document.facts.judgment_date
    sealed = Sealed({}, f"doc:{document.key}", document.sha256)
    return Row(file, 1, sealed, date.value if date else "", False, len(document.facts.parties), None, archived)


def restored(vault: Vault, text: str, numbers: list[tuple[int, int, str]]) -> str:
    """An archived text with the numbers that the vault still holds."""
    for start, end, pid in numbers:
        number = vault.number(pid)
        if number:
            text = text[:start] + fill_in_place(text[start:end], number) + text[end:]
    return text


def load_document(
    book: Book,
    recorder: Recorder,
    path: Path,
    receipt: Receipt,
    refused: list[Refused],
    admits: Admits | None = None,
) -> None:
    """Record one file, that of an admitted court; FileProblem as ``ingest.documents.reading.read_file``."""
    given = read_file(path)
    receipt.warnings += [f"{path.name}: {told}" for told in given.warnings]
    document = read_document(given.text, book.vault)
    book.tell("documents", 1)
    recorder.parser = document
    row = row_of(document, given, path.name, book.vault)
    recorder.prefetch([row])
    court = document.meta({}).issuer or ""
    outcome = not_admitted("", court, admits) or recorder.take(row)
    if isinstance(outcome, Problem):
        receipt.refuse(path.name, 1, outcome)
        refused.append(Refused(("文件",), (path.name,), outcome))
    else:
        receipt.counts[outcome] += 1
