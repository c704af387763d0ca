"""Who is who in one document: parties and others by full name, short name or role word.

A short name counts when the text declares it (以下简称) for one of them, or when it is a piece of exactly one name
(启硕汽车公司 of 苏州市启硕汽车服务有限公司). What two are called means neither. A role word stands for everybody who
bears it: 被告, 二被告, 被告公司.
All places are indexes into the folded text of ``nlp.compact``.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nlp.lexicon import ROLES, alternatives
from nlp.names import PartyKind

PLAINTIFFS = frozenset({"原告", "申请执行人", "申请人", "再审申请人", "起诉人", "自诉人", "债权人", "异议人"})
DEFENDANTS = frozenset({"被告", "被执行人", "被申请人", "被告人", "被告单位", "债务人"})
#: A role that others use for the one who bears this one.
_ALSO = {
    "申请人": ("申请执行人", "再审申请人", "异议人"), "被申请人": ("被执行人",), "申请执行人": ("申请人",),
    "被执行人": ("被申请人",), "被告": ("被告人", "被告单位"), "债务人": ("被申请人", "被执行人"),
}  # fmt: skip

_MANY = r"(?:二|两|三|四|五|六|七|八|九|十|\d{1,2})(?:名|位|个)?|各|全体|上列|上述|以上|所有|其他|其余|本案"
_ROLE = re.compile(
    rf"(?<!原、)(?<!非)(?P<many>{_MANY})?(?:原审|一审|二审|反诉|本诉|原)?(?P<role>{alternatives(tuple(ROLES))})"
    r"(?:(?:公司|单位|银行|方|一方|们)(?![\u3400-\u9fff]{0,12}?(?:有限|公司)))?"
)
_SHORT = re.compile(
    r"(?:股份公司|集团公司|分公司|公司|集团|分行|支行|银行|信用社|联社|合作社|厂|商行|中心|村委会|居委会)(?!\()"
)
_BOUNDARY = re.compile(
    r"[^\u3400-\u9fffA-Za-z0-9]|[与和及由向给对被诉是系为即将从在告人把让经之的位同至以因称于还付偿欠]"
)
_FORMS = re.compile(r"^(?:有限|责任|股份|有限责任|股份有限|总|子|分|该|本|我|某|某某|母|贵|你|们|其他|人民|国家|各)+$")
_LONGEST_SHORT = 9


@dataclass(slots=True)
class Subject:
    """Somebody the document knows: full name, kind, roles borne (also earlier ones), place of the name."""

    name: str
    kind: PartyKind
    start: int
    end: int
    roles: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    aliases: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words at ``start:end`` that mean the subjects of these indexes.

    ``sure``: False for a role word that several bear. ``named``: False for a role word.
    """

    start: int
    end: int
    subjects: tuple[int, ...]
    sure: bool = True
    named: bool = True


class Cast:
    """The subjects of one document and how its text calls them."""

    def __init__(self, text: str, subjects: Sequence[Subject]) -> None:
        self.text = text
        self.subjects = list(subjects)
        self._by_word: dict[str, tuple[int, ...]] = {}
        self._pieces: dict[str, int] | None = None
        self._found: list[Mention] | None = None
        for index, subject in enumerate(self.subjects):
            self._learn(index, subject)

    def _learn(self, index: int, subject: Subject) -> None:
        """Take in the words for a subject; where they stand is looked up again when it is asked."""
        for word in (subject.name, *subject.aliases):
            if len(word) >= 2:
                self._by_word[word] = (index,) if self._by_word.get(word, (index,)) == (index,) else ()
        self._pieces = self._found = None

    def add(self, subject: Subject) -> int:
        """A further subject; the index of the one there is when the name is known."""
        known = self._by_word.get(subject.name)
        if known:
            return known[0]
        self.subjects.append(subject)
        self._learn(len(self.subjects) - 1, subject)
        return len(self.subjects) - 1

    def _unique_pieces(self) -> dict[str, int]:
        """Pieces of two to nine signs that stand in the name of one organisation only."""
        found: dict[str, int] = {}
        for index, subject in enumerate(self.subjects):
            if subject.kind == "person":
                continue
            name = subject.name
            pieces = {name[a : a + n] for n in range(2, _LONGEST_SHORT + 1) for a in range(len(name) - n + 1)}
            for piece in pieces:
                found[piece] = index if found.get(piece, index) == index else -1
        return {piece: index for piece, index in found.items() if index >= 0 and not _FORMS.match(piece)}

    def bearing(self, role: str) -> tuple[int, ...]:
        """Who bears a role, now or earlier in the suit, or one that is used for it."""
        for words in ({role}, set(_ALSO.get(role, ()))):
            now = tuple(i for i, s in enumerate(self.subjects) if words & set(s.roles))
            found = now or tuple(i for i, s in enumerate(self.subjects) if words & set(s.earlier))
            if found:
                return found
        return ()

    def side(self, indexes: Iterable[int]) -> tuple[int, ...]:
        """The other side of the suit: claimants for defendants and the other way round; empty when it is unknown."""
        roles = {role for index in indexes for role in self._sides(index)}
        wanted = PLAINTIFFS if roles & DEFENDANTS else DEFENDANTS if roles & PLAINTIFFS else frozenset()
        return tuple(i for i in range(len(self.subjects)) if wanted & set(self._sides(i)) and i not in set(indexes))

    def _sides(self, index: int) -> tuple[str, ...]:
        subject = self.subjects[index]
        return subject.earlier if set(subject.roles) & {"上诉人", "被上诉人"} and subject.earlier else subject.roles

    def find(self, start: int, end: int) -> list[Mention]:
        """Who is named in ``text[start:end]``, in order, without overlap."""
        if self._found is None:
            self._found = self._everywhere(0, len(self.text))
            self._starts = [mention.start for mention in self._found]
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [mention for mention in self._found[first:last] if mention.end <= end]

    def _everywhere(self, start: int, end: int) -> list[Mention]:
        found = list(self._named(start, end))
        taken = bytearray(end + 2)
        for mention in found:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
        found += self._shortened(start, end, taken)
        found += self._by_role(start, end, taken)
        return sorted(found, key=lambda mention: mention.start)

    def _named(self, start: int, end: int) -> Iterator[Mention]:
        words = tuple(self._by_word)
        if words:
            for match in re.finditer(alternatives(words), self.text[:end]):
                if meant := self._by_word[match.group()]:
                    yield Mention(match.start(), match.end(), meant)

    def _shortened(self, start: int, end: int, taken: bytearray) -> Iterator[Mention]:
        """Short names that nobody declared."""
        for match in _SHORT.finditer(self.text, start, end):
            if any(taken[match.start() : match.end()]):
                continue
            for length in range(_LONGEST_SHORT, 1, -1):
                begin = match.start() - length
                if self._pieces is None:
                    self._pieces = self._unique_pieces()
                if begin < start or (index := self._pieces.get(self.text[begin : match.start()])) is None:
                    continue
                if match.group()[-1] not in self.subjects[index].name:
                    continue
                if begin == start or _BOUNDARY.match(self.text[begin - 1]):
                    taken[begin : match.end()] = b"\1" * (match.end() - begin)
                    yield Mention(begin, match.end(), (index,))
                break

    def _by_role(self, start: int, end: int, taken: bytearray) -> Iterator[Mention]:
        """Role words that no name follows."""
        for match in _ROLE.finditer(self.text, start, end):
            if any(taken[match.start() : match.end() + 2]):
                continue
            subjects = self.bearing(ROLES[match["role"]])
            if not subjects:
                continue
            sure = len(subjects) == 1 or bool(match["many"])
            yield Mention(match.start(), match.end(), subjects, sure, named=False)
