"""The atoms of the ledger: mentions, names and claims.

A claim never names a node. Its ends are *mentions*: the keys that the source
gave, best first. Which node a mention belongs to is decided by the clusters of
keys (``graph.resolve``), so that a merge, a split or an undo changes no claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: Kinds of key, best first. The smallest key of a cluster names its node.
KEY_RANK = ("uscc", "org", "reg", "pid", "cert", "dept", "court", "case", "doc", "rec", "ctx")

_RANK = {kind: position for position, kind in enumerate(KEY_RANK)}

#: Levels of visibility, nested: public is part of shared, shared of restricted.
PUBLIC, SHARED, RESTRICTED = 0, 1, 2

type_names = {"public": PUBLIC, "shared": SHARED, "restricted": RESTRICTED}


def key_kind(key: str) -> str:
    """The kind of a key, ``uscc`` of ``uscc:91…``; ValueError for anything else."""
    kind, colon, rest = key.partition(":")
    if not colon or not rest or kind not in _RANK:
        raise ValueError(f"not a key: {key!r}")
    return kind


def key_order(key: str) -> tuple[int, str]:
    """Sort key: rank of the kind first, then the text."""
    return _RANK[key.partition(":")[0]], key


def context_key(owner: str, name: str) -> str:
    """The key of somebody known by name only within ``owner`` (a company's or a document's key)."""
    return f"ctx:{owner}/{name}"


def context_parts(key: str) -> tuple[str, str]:
    """Owner key and name of a ``ctx:`` key."""
    owner, _, name = key.removeprefix("ctx:").rpartition("/")
    return owner, name


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom a source means: its keys, all of one subject, best first."""

    keys: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a mention needs a key")
        for key in self.keys:
            key_kind(key)
        if len(self.keys) == 1:
            return
        ordered = tuple(sorted(dict.fromkeys(self.keys), key=key_order))
        object.__setattr__(self, "keys", ordered)

    @property
    def best(self) -> str:
        """The key that the claim is stored under."""
        return self.keys[0]


class Name(NamedTuple):
    """A name and when it was borne: ``[valid_from, valid_to)``, ISO dates, None = open."""

    text: str
    former: bool = False
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class NodeClaim:
    """What a record says of one subject.

    ``props`` are plain values (text or numbers), no nulls. ``rank`` is the
    authority of the source for this subject (0-100): names and properties of
    the highest rank that a reader may see win. ``shown_until`` (exclusive ISO
    date) ends the openness of the claim: from that day on it is restricted.
    """

    mention: Mention
    kind: str
    names: tuple[Name, ...] = ()
    props: Mapping[str, str | int | float] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    level: int = PUBLIC
    shown_until: str | None = None
    rank: int = 50


@dataclass(frozen=True, slots=True)
class EdgeClaim:
    """What a record says of two subjects, read ``source relation target``.

    ``valid_from``/``valid_to`` are half-open ISO dates, None = open or not said.
    A claim without either is undated; ``seen_on`` is the day on which the source
    saw it so. ``span`` is the place of the words in the archived document.
    ``confirmed`` marks an end that a person identified, or a fact that he confirmed: then ``decided`` is the
    sequence of his decision.
    """

    relation: str
    source: Mention
    target: Mention
    valid_from: str | None = None
    valid_to: str | None = None
    seen_on: str | None = None
    props: Mapping[str, str | int | float] = field(default_factory=dict)
    level: int = PUBLIC
    shown_until: str | None = None
    rank: int = 50
    span: tuple[int, int] | None = None
    confirmed: bool = False
    decided: int = 0


Claim = NodeClaim | EdgeClaim
