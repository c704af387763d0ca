"""Strongly connected components: the rings of any directed graph."""

from collections.abc import Callable, Iterable, Iterator

Follow = Callable[[str], Iterable[str]]


class _Search:
    """Tarjan's search (1972) without recursion, so that sixty levels or a ring of thousands are no matter."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: list[str] = []
        self._on: set[str] = set()
        self.found: list[tuple[str, ...]] = []

    def _enter(self, node: str) -> tuple[str, Iterator[str]]:
        self._index[node] = self._low[node] = len(self._index)
        self._open.append(node)
        self._on.add(node)
        return node, iter(sorted(self._follow(node)))

    def _leave(self, node: str) -> None:
        if self._low[node] == self._index[node]:
            members = [self._open.pop()]
            while members[-1] != node:
                members.append(self._open.pop())
            self._on.difference_update(members)
            self.found.append(tuple(sorted(members)))

    def run(self, start: str) -> None:
        """Everything that ``start`` leads to, unless it was met before."""
        stack = [] if start in self._index else [self._enter(start)]
        while stack:
            node, others = stack[-1]
            other = next(others, None)
            if other is None:
                stack.pop()
                if stack:
                    above = stack[-1][0]
                    self._low[above] = min(self._low[above], self._low[node])
                self._leave(node)
            elif other not in self._index:
                stack.append(self._enter(other))
            elif other in self._on:
                self._low[node] = min(self._low[node], self._index[other])


def components(starts: Iterable[str], follow: Follow) -> list[tuple[str, ...]]:
    """The strongly connected components of all that ``follow`` leads to from ``starts``; linear in what is met.

    A component comes after every one that it leads to. Members are sorted.
    """
    search = _Search(follow)
    for start in starts:
        search.run(start)
    return search.found


def reached(starts: Iterable[str], follow: Follow) -> set[str]:
    """Everything that ``follow`` leads to from ``starts``, these included."""
    found = set(starts)
    stack = list(found)
    while stack:
        for other in follow(stack.pop()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found
