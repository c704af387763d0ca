"""Papers of a case: notice, decision and release as Word files from templates; a draft that an officer completes.

The engine fills in what it can prove. What only the body knows (its own number before it is given, the term, how to
object, where to go) stays a blank line: nothing is invented.
"""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.entities import Unanswerable
from graph.model.vocab import table

#: Paper -> the step whose fields it tells, and the states in which it may be drawn up.
PAPERS: Mapping[str, tuple[str, frozenset[str]]] = {
    "notice": ("notice", frozenset({"proposed", "noticed"})),
    "decision": ("decide", frozenset({"proposed", "noticed", "decided", "in_force"})),
    "release": ("end", frozenset({"ended", "lifted"})),
}

_FOLDER = Path(__file__).with_name("papers")
_FONT = "SimSun"


def _role(role: str) -> str:
    """A role in words, "" for the subject of the record himself."""
    return next((row["name_zh"] for row in table("person_roles") if row["id"] == role), "")


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, autoescape=False)


def lines_of(body: Mapping[str, Any], paper: str) -> list[str]:
    """The text of a paper, a line a paragraph: ``#`` a title, ``##`` a heading, ``>`` set to the right.

    ``body``: that of the case. Unanswerable 404 for an unknown paper, 409 for a case that is not in a state for it.
    """
    if paper not in PAPERS:
        raise Unanswerable(404, "unknown paper", f"expected one of {', '.join(PAPERS)}")
    step, states = PAPERS[paper]
    case = body["case"]
    if case["kind"] != "measure" or case["state"] not in states:
        told = ", ".join(sorted(states))
        raise Unanswerable(
            409, "no such paper now", f"{paper}: for a measure that is {told}; this one is {case['state']}"
        )
    steps = {one["transition"]: one for one in body["steps"]}
    end = steps.get("lift") or steps.get("end") or {}
    text = _templates().get_template(f"{paper}.txt").render(
        body=_body(case["body"], body["proposal"]),
        party=_party(case["party"]),
        proposal=body["proposal"],
        step=steps.get(step) or {"fields": _Blank()},
        role=_role(case["role"]),
        in_force=steps.get("enforce", {}).get("fields", {}).get("in_force_on", ""),
        why=end.get("fields", {}).get("reason") or end.get("why") or "",
        ended=end.get("fields", {}).get("ended_on") or str(end.get("at", ""))[:10],
        told=sorted({task["body"] for task in body["tasks"] if task["kind"] == "release"}),
    )  # fmt: skip
    return [line for line in text.splitlines() if line.strip()]


class _Blank(dict[str, str]):
    """Fields of a step that was not taken yet."""

    def __missing__(self, key: str) -> str:
        return ""


def _body(word: str, proposal: Mapping[str, Any]) -> str:
    """Who speaks: of courts the one whose record it is, since the catalogue knows no single one."""
    issuers = [str(record["issuer"]) for record in proposal["records"] if record["issuer"]]
    return issuers[0] if word == "court" and issuers else word


def _party(party: Mapping[str, Any]) -> str:
    mark = party.get("uscc") or party.get("id_mask")
    return f"{party['name']}（{mark}）" if mark else str(party["name"])


def word_file(lines: list[str]) -> bytes:
    """The lines as a Word file (Office Open XML)."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    for line in lines:
        mark, _, text = line.partition(" ") if line[:1] in "#>" else ("", "", line)
        paragraph = document.add_paragraph()
        run = paragraph.add_run(text)
        if mark == "#":
            paragraph.alignment, run.bold, run.font.size = WD_ALIGN_PARAGRAPH.CENTER, True, Pt(20)
        elif mark == "##":
            run.bold = True
        elif mark == ">":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
