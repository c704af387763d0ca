"""Which keys are one subject: a pure function of the links among them.

Links come from mentions (a register gave both keys) and from people (``same``,
``different`` on a pair of keys). Nothing here knows names. The result depends
on the set of links only, never on the order in which they came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.model.claims import context_parts, key_order

#: Kinds of key of which one subject has one: two in a cluster need a person's word on that very pair.
PRIMARY = ("uscc:", "pid:")


@dataclass(frozen=True, slots=True)
class Link:
    """``kind``: mention, same or different; ``seq``: the entry that said so."""

    kind: str
    a: str
    b: str
    seq: int


@dataclass(frozen=True, slots=True)
class Partition:
    """``cluster``: key -> its cluster's keys; ``refused``: links that could not be followed."""

    cluster: Mapping[str, frozenset[str]]
    refused: tuple[Link, ...]


class _Clusters:
    """Union-find that keeps apart what must stay apart."""

    def __init__(self, keys: Iterable[str], apart: Iterable[tuple[str, str]]) -> None:
        self.of: dict[str, set[str]] = {key: {key} for key in keys}
        self._apart: dict[str, set[str]] = {}
        for a, b in apart:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def primaries(self, key: str) -> set[str]:
        return {k for k in self.of[key] if k.startswith(PRIMARY)}

    def join(self, a: str, b: str, *, decided: bool = False) -> bool:
        """Join the clusters of two keys; False when a decision or two codes stand against it."""
        one, two = self.of[a], self.of[b]
        if one is two:
            return True
        small, large = sorted((one, two), key=len)
        if any(self._apart.get(key, set()) & large for key in small):
            return False
        if not decided and self.primaries(a) and self.primaries(b):
            return False
        large |= small
        for key in small:
            self.of[key] = large
        return True


def _decisions(links: Iterable[Link]) -> dict[tuple[str, str], Link]:
    """The last word on each pair of keys."""
    last: dict[tuple[str, str], Link] = {}
    for link in links:
        if link.kind != "mention":
            first, second = sorted((link.a, link.b), key=key_order)
            if (first, second) not in last or last[first, second].seq < link.seq:
                last[first, second] = link
    return last


def _between_codes(pair: tuple[str, str]) -> bool:
    return pair[0].startswith(PRIMARY) and pair[1].startswith(PRIMARY)


def _torn(clusters: _Clusters, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Weak keys that mentions tie to two different codes: they belong to neither."""
    owners: dict[str, set[frozenset[str]]] = {}
    for a, b in pairs:
        for weak, other in ((a, b), (b, a)):
            if not weak.startswith(PRIMARY) and clusters.primaries(other):
                owners.setdefault(weak, set()).add(frozenset(clusters.primaries(other)))
    return {weak for weak, found in owners.items() if len(found) > 1}


def partition(keys: Iterable[str], links: Iterable[Link], owner_of: Mapping[str, str] | None = None) -> Partition:
    """Clusters of ``keys``.

    ``links`` must be all live links among them. ``owner_of`` names the cluster
    (any token) of a context's owner that is not itself among ``keys``. Two
    ``ctx:`` keys of one name are one while their owners are in one cluster.
    """
    keys, links, owner_of = sorted(set(keys), key=key_order), list(links), owner_of or {}
    decisions = _decisions(links)
    apart = [pair for pair, link in decisions.items() if link.kind == "different"]
    clusters = _Clusters(keys, apart)
    refused: list[Link] = []
    same = sorted((p for p, link in decisions.items() if link.kind == "same"), key=lambda p: tuple(map(key_order, p)))
    mentions = sorted({(link.a, link.b): link for link in links if link.kind == "mention"}.items())

    def follow(context: bool) -> None:
        for pair in same:
            meant = any(k.startswith("ctx:") for k in pair) is context
            if meant and not clusters.join(*pair, decided=_between_codes(pair)):
                refused.append(decisions[pair])
        plain = {p: link for p, link in mentions if any(k.startswith("ctx:") for k in p) is context}
        torn = _torn(clusters, plain)
        for pair, link in plain.items():
            if torn & set(pair) or not clusters.join(*pair):
                refused.append(link)

    follow(context=False)
    if any(key.startswith("ctx:") for key in keys):
        follow(context=True)
        _join_contexts(clusters, keys, owner_of)
    return Partition({key: frozenset(clusters.of[key]) for key in keys}, tuple(refused))


def _join_contexts(clusters: _Clusters, keys: Iterable[str], owner_of: Mapping[str, str]) -> None:
    first: dict[tuple[str, str], str] = {}
    for key in keys:
        if key.startswith("ctx:"):
            owner, name = context_parts(key)
            token = min(clusters.of[owner], key=key_order) if owner in clusters.of else owner_of.get(owner, owner)
            clusters.join(first.setdefault((token, name), key), key)
