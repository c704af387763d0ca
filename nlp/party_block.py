"""``cg_party_block``: parties with their roles, representatives and codes; agents with firm and principals.

Sets ``Doc._.parties`` and ``Doc._.agents`` (lists of plain records, so that a
Doc can be stored; offsets are into ``doc.text``), ``Doc._.cause`` (a stretch or
None) and the span groups "parties" (labelled by role) and "agents". Needs the
groups "sections" and "patterns".
"""

import re
from dataclasses import dataclass, field
from typing import TypedDict

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from graph.model.numerals import read_numeral
from nlp import intro
from nlp.compact import Compact, compact
from nlp.lexicon import ROLE_WORDS
from nlp.markers import Marker, party_block
from nlp.names import Stretch, firm_in, kind_of, names_at, person_at, person_within, skip_brackets
from nlp.notices import Notice, notice_at
from nlp.sections import HEAD
from nlp.spans import labelled, section, span_at, text_of

_ALIAS = re.compile(r"(?:又名|曾用名|别名|化名|原名)[:为]?(?P<alias>[\u3400-\u9fffA-Za-z·]{2,20})")
_ADDRESS = re.compile(
    r"(?:住所地?|住址|现住址?|(?<=[,。;])住|营业场所|经营场所|主要办事机构所在地|(?<=[,。;])地址|户籍所?在?地)(?:地)?(?:为|:|在)?"
    r"(?P<address>[\u3400-\u9fffA-Za-z0-9×*·()-]{2,60})"
)
_ROLE = re.compile(rf"(?:原审|一审|二审|原(?!公诉))?(?:{ROLE_WORDS})")
_TOGETHER = re.compile(r"共同|上列|上述|以上|前述|[二两三四五六七八九十]|[2-9]|\d{2}")
_COUNT = re.compile(r"[二两三四五六七八九十]|[1-9]\d?")
_SENTENCE = re.compile(r"[。\n]|$")


class PartyRecord(TypedDict):
    """One party; stretches are [start, end] in ``doc.text``."""

    name: Stretch
    role: str
    earlier_roles: list[str]
    kind: str
    uscc: Stretch | None
    id_number: Stretch | None
    legal_rep: Stretch | None
    legal_rep_title: str
    legal_rep_id: Stretch | None
    aliases: list[Stretch]
    address: Stretch | None


class AgentRecord(TypedDict):
    """One agent; ``principals`` are indexes into the parties."""

    name: Stretch
    firm: Stretch | None
    title: str
    principals: list[int]


@dataclass(slots=True)
class _Party:
    """A party while the block is read; stretches are in the folded text."""

    name: Stretch
    role: str
    earlier_roles: list[str]
    own_end: int
    end: int
    representative: Stretch | None = None
    representative_title: str = ""
    representative_end: int = 0
    aliases: list[Stretch] = field(default_factory=list)


@dataclass(slots=True)
class _Agent:
    name: Stretch
    firm: Stretch | None
    title: str
    principals: list[int]


class _BlockReader:
    """Reads the entries of one party block in order."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.parties: list[_Party] = []
        self.agents: list[_Agent] = []
        self._by_name: dict[tuple[str, str], int] = {}
        self._agent_by_name: dict[str, _Agent] = {}
        self._held: list[int] = []
        markers, self.stop = party_block(text, start)
        for position, marker in enumerate(markers):
            end = markers[position + 1].start if position + 1 < len(markers) else self.stop
            self._read(marker, min(end, self.stop))

    def _read(self, marker: Marker, end: int) -> None:
        if marker.kind == "role":
            self._party(marker, end)
        elif marker.kind == "representative":
            self._representative(marker, end)
        elif marker.kind == "agent":
            self._agent(marker, end)
        if marker.kind in ("representative", "agent") and self._held:
            for index in self._held:
                self.parties[index].end = end

    def _party(self, marker: Marker, end: int) -> None:
        """One party for each name of the entry; a name repeated under its role is the party already there."""
        role = intro.base_role(marker.word)
        earlier = [intro.base_role(word) for word in _ROLE.findall(marker.brackets)]
        if marker.second:
            earlier.insert(0, intro.base_role(marker.second))
        held = []
        for name in names_at(self.text, marker.end, end):
            if self.text[slice(*name)] in ("暂无", "不详"):
                continue
            index = self._by_name.setdefault((self.text[slice(*name)], role), len(self.parties))
            if index == len(self.parties):
                behind = self.text[name[1] : skip_brackets(self.text, name[1], end)]
                later = [intro.base_role(word) for word in _ROLE.findall(behind)]
                self.parties.append(_Party(name, role, earlier + later, end, end))
            held.append(index)
        if held:
            last = self.parties[held[-1]]
            last.aliases += [match.span("alias") for match in _ALIAS.finditer(self.text, last.name[1], end)]
        self._held = held or self._of_role(role)[-1:]

    def _representative(self, marker: Marker, end: int) -> None:
        name = person_at(self.text, marker.end, end)
        if name is None or not self._held:
            return
        party = self.parties[self._held[-1]]
        if party.representative is None:
            party.own_end = min(party.own_end, marker.start)
            party.representative, party.representative_title = name, marker.word
            party.representative_end = end

    def _agent(self, marker: Marker, end: int) -> None:
        principals = self._principals(marker)
        names = names_at(self.text, marker.end, end)
        if not names:
            return
        sentence = _SENTENCE.search(self.text, names[-1][1], end)
        firm = firm_in(self.text, names[-1][1], sentence.start() if sentence else end)
        for name in names:
            person = person_within(self.text, name)
            if person is None:
                continue
            same = self._agent_by_name.get(self.text[slice(*person)])
            if same is None:
                self.agents.append(_Agent(person, firm, marker.word, list(principals)))
                self._agent_by_name[self.text[slice(*person)]] = self.agents[-1]
            else:
                same.firm = same.firm or firm
                same.principals += [index for index in principals if index not in same.principals]

    def _of_role(self, role: str) -> list[int]:
        return [index for index, party in enumerate(self.parties) if party.role == role]

    def _principals(self, marker: Marker) -> list[int]:
        """Whose agent: the party before, the parties of the role named, or all together (两被告共同)."""
        together = bool(_TOGETHER.search(marker.scope))
        roles = [intro.base_role(word) for word in _ROLE.findall(marker.scope)]
        count = _COUNT.search(marker.scope)
        number = read_numeral(count.group()) if count else 0
        if roles:
            chosen = [index for role in roles for index in self._of_role(role)]
            if together or len(roles) > 1 or not set(chosen) & set(self._held):
                return chosen[-number:]
            return [index for index in self._held if index in chosen]
        if together and self._held:
            return self._of_role(self.parties[self._held[-1]].role)[-number:]
        return self._held


def _add_further(reader: _BlockReader, start: int, end: int) -> None:
    """Parties that only the opening sentence of the narrative names."""
    text = reader.text
    declared = {role for party in reader.parties for role in (party.role, *party.earlier_roles)}
    for name, role in intro.further_parties(text, start, end, declared):
        if not any(text[slice(*party.name)] == text[slice(*name)] for party in reader.parties):
            reader.parties.append(_Party(name, role, [], name[1], name[1]))
    for bracket, alias in intro.short_names(text, reader.start, end):
        named = [party for party in reader.parties if text.endswith(text[slice(*party.name)], reader.start, bracket)]
        if named:
            max(named, key=lambda party: party.name[1] - party.name[0]).aliases.append(alias)


def _add_addressed(reader: _BlockReader, notice: Notice) -> None:
    """The parties of a notice: whom it is written to, with the head it names, and who applied."""
    for name in notice.debtors:
        reader.parties.append(_Party(name, "被执行人", [], name[1], notice.end))
    if notice.head and len(notice.debtors) == 1:
        reader.parties[0].representative, reader.parties[0].representative_title = notice.head, "法定代表人"
        reader.parties[0].representative_end = notice.head[1]
    if notice.applicant:
        start, end = notice.applicant
        remark = skip_brackets(reader.text, end, min(len(reader.text), end + 60))
        reader.parties.append(_Party((start, end), "申请执行人", [], end, remark))


class _Codes:
    """The codes of the pattern finder, by place in the folded text."""

    def __init__(self, doc: Doc, view: Compact) -> None:
        self._spans = [
            (span.label_, view.index(span.start_char), (span.start_char, span.end_char))
            for span in labelled(doc, "patterns", "USCC", "ORG_CODE", "ID_NUMBER")
        ]

    def first(self, start: int, end: int, *labels: str) -> Stretch | None:
        """The first code with one of the labels in this stretch, as offsets into the text as given."""
        return next((place for label, at, place in self._spans if label in labels and start <= at < end), None)


def _record(party: _Party, view: Compact, codes: _Codes) -> PartyRecord:
    text = view.text
    title = party.representative_title
    kind = kind_of(text[slice(*party.name)], text[party.name[1] : party.own_end], title)
    own = (party.name[1], party.own_end)
    number = codes.first(*own, "ID_NUMBER") if kind == "person" else codes.first(party.name[1], party.end, "ORG_CODE")
    representative = party.representative
    address = _ADDRESS.search(text, *own)
    return PartyRecord(
        name=view.span(*party.name),
        role=party.role,
        earlier_roles=party.earlier_roles,
        kind=kind,
        uscc=codes.first(party.name[1], party.end, "USCC") if kind != "person" else None,
        id_number=number,
        legal_rep=view.span(*representative) if representative else None,
        legal_rep_title=title,
        legal_rep_id=codes.first(representative[1], party.representative_end, "ID_NUMBER") if representative else None,
        aliases=[view.span(*alias) for alias in party.aliases],
        address=view.span(*address.span("address")) if address else None,
    )


def _agent_record(agent: _Agent, view: Compact) -> AgentRecord:
    firm = view.span(*agent.firm) if agent.firm else None
    return AgentRecord(name=view.span(*agent.name), firm=firm, title=agent.title, principals=agent.principals)


def _extensions() -> None:
    for name in ("parties", "agents", "cause"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)


@Language.factory("cg_party_block")
class PartyBlock:
    """Reads the party block; holds no state besides its name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set ``Doc._.parties``, ``Doc._.agents``, ``Doc._.cause`` and their span groups."""
        view = compact(text_of(doc))
        text = view.text
        _, start = section(doc, view, HEAD)
        if start == len(text):
            start = 0
        reader = _BlockReader(text, start)
        notice = None if reader.parties else notice_at(text, start)
        if notice:
            _add_addressed(reader, notice)
        end = intro.intro_end(text, reader.stop)
        _add_further(reader, reader.stop, end)
        known = [text[slice(*name)] for party in reader.parties for name in (party.name, *party.aliases)]
        criminal = any(party.role in ("被告人", "被告单位") for party in reader.parties)
        cause = intro.cause(text, reader.stop, end, known, criminal=criminal)
        cause = notice.cause if notice else cause
        codes = _Codes(doc, view)
        parties = [_record(party, view, codes) for party in reader.parties]
        agents = [_agent_record(agent, view) for agent in reader.agents]
        doc._.parties, doc._.agents = parties, agents
        doc._.cause = view.span(*cause) if cause else None
        marked = [span_at(doc, *party["name"], party["role"]) for party in parties]
        doc.spans["parties"] = SpanGroup(doc, name="parties", spans=marked)
        marked = [span_at(doc, *agent["name"], agent["title"]) for agent in agents]
        doc.spans["agents"] = SpanGroup(doc, name="agents", spans=marked)
        return doc
