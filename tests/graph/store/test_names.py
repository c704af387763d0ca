"""Search by signs, pinyin and initials finds the same on both stores as a scan that knows no index."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin, pinyin

from graph.model.text import search_tokens
from graph.store.base import FOREVER, Changes, Checkpoint, Fact, NodeItem, Store, View
from graph.store.items import node_hash, own_id
from graph.store.names import wanted_name
from graph.store.neo4j import Neo4jStore
from graph.store.sqlite import SqliteStore

_TODAY = "2026-10-01"
_NAMES = (
    "岚汀市荻苇机电设备有限公司", "西安先行贸易有限公司", "安西县鲜味饮食店", "厦门银行股份有限公司",
    "瀾霽（中國）有限公司", "Lanting Trading", "TCL集团", "方安纲", "曾淑珊", "吕恩安", "蓝婷", "李安宁",
    "安昂昂昂昂昂昂昂昂部落", "𠮷田商行",
)  # fmt: skip
_QUESTIONS = (
    "lanting", "lan ting", "LANTING", "lán tíng", "lt", "ltsdw", "l t s", "xian", "xi an", "xi'an", "fangan",
    "fangangang", "zengshushan", "cengshushan", "zss", "lv", "lü", "lyu", "lan", "la", "a", "an", "tcl", "tcljituan",
    "jituan", "岚汀", "瀾霽", "澜霁", "lanji", "zhongguo", "ang" * 8, "an" + "ang" * 8 + "bulu", "an" * 100,
    "an" + "ang" * 8 + "buluo", "ang" * 66, "xian" * 50, "x" * 200, '"', '" OR "xs', "lan* OR ting",
    "lan AND NOT ting", "NEAR(lan ting)", "_names:lan", "lan~2", "/l.n/", "{lan TO ting}", "lan\\", "(lan",
    "lan)", "^lan", "p", "plan", "qlt", "xs", "xe", "61",
)  # fmt: skip


def _node(name: str, level: int) -> NodeItem:
    key = f"ctx:{name}/{level}"
    public, shared = (FOREVER if level < 1 else ""), (FOREVER if level < 2 else "")
    facts = (Fact("key", key, None, None, 50, FOREVER, FOREVER), Fact("name", name, None, None, 50, public, shared))
    return NodeItem(own_id(key), "company", (), (key,), facts, FOREVER, FOREVER)


def _fill(store: Store) -> list[NodeItem]:
    items = [_node(name, level) for name in _NAMES for level in (0, 1, 2)]
    store.apply(
        Changes(nodes=[(item, node_hash(item, str)) for item in items], checkpoint=Checkpoint("l", "h", 1, 2, ""))
    )
    return items


def _holds(name: str, question: str) -> bool:
    """Whether a name is meant, found without an index and without cutting the question."""
    if "".join(search_tokens(question)) and search_tokens(question) == _stretch(
        search_tokens(name), search_tokens(question)
    ):
        return True
    words = question.casefold().translate({ord("ü"): "v", ord("á"): "a", ord("í"): "i", ord("'"): " "})
    words = words.replace("lyu", "lv")
    if not words.replace(" ", "").isalpha() or not words.isascii():
        return False
    simple = name.translate(str.maketrans("瀾霽國", "澜霁国"))
    han = "".join(c for c in simple if c not in "（）")
    if han != han.encode("ascii", "ignore").decode() and any(c.isascii() for c in han):
        han = "".join(c for c in han if not c.isascii())  # TCL集团: what stands beside letters
    runs = [lazy_pinyin(han)] if han and not han.isascii() else []
    if runs and len(han) == len(simple) <= 4:  # a surname in each of its readings
        first = pinyin(han[0], heteronym=True, style=Style.NORMAL)[0]
        runs += [[other, *runs[0][1:]] for other in first]
    joined = words.replace(" ", "")
    for run in runs:
        if len(joined) > 1 and joined in "".join(s[0] for s in run):
            return True
        for start in range(len(run)):
            for end in range(start + 1, len(run) + 1):
                some = run[start:end]
                if "".join(some) == joined and _breaks(words.split()) <= _breaks(some):
                    return True
    return False


def _stretch(tokens: Sequence[str], wanted: Sequence[str]) -> Sequence[str] | None:
    places = range(len(tokens) - len(wanted) + 1)
    return next((wanted for i in places if list(tokens[i : i + len(wanted)]) == list(wanted)), None)


def _breaks(words: Sequence[str]) -> set[int]:
    return {sum(map(len, words[:i])) for i in range(len(words))}


def _questions() -> Iterator[str]:
    yield from _QUESTIONS
    rng = random.Random(7)
    for _ in range(60):
        run = lazy_pinyin(rng.choice(_NAMES[:5]))
        start = rng.randrange(len(run))
        some = [s for s in run[start : start + rng.randint(1, 6)] if s.isalpha()]
        yield rng.choice(("", " ")).join(some) or "x"
        yield "".join(rng.choice("lantigxe ") for _ in range(rng.randint(1, 7)))


def _check(store: Store) -> None:
    items = {item.id: item for item in _fill(store)}
    found = 0
    for level in (0, 1, 2):
        view = View(level, None, None, _TODAY)
        for question in _questions():
            expected = sorted(
                i
                for i, item in items.items()
                if int(item.keys[0][-1]) <= level and _holds(str(item.facts[1].value), question)
            )
            told = [node.id for node in store.search(view, question, 99)]
            assert told == expected, (level, question)
            found += bool(told)
            assert [n.id for n in store.search(view, question, 2, after=expected[0] if expected else "")] == expected[
                1:3
            ]
    assert found > 100


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[SqliteStore]:
    """The embedded store."""
    store = SqliteStore(tmp_path / "graph.sqlite")
    yield store
    store.close()


def test_the_embedded_store_finds_what_a_scan_finds(embedded: SqliteStore) -> None:
    _check(embedded)


@pytest.mark.neo4j
def test_neo4j_finds_what_a_scan_finds(neo4j_store: Neo4jStore) -> None:
    _check(neo4j_store)


def test_an_exact_name_is_never_meant_by_its_pinyin(embedded: SqliteStore) -> None:
    _fill(embedded)
    view = View(2, None, None, _TODAY)
    assert len(embedded.search(view, "蓝婷", 9, exact=True)) == 3
    for text in ("lanting", "lt", "lan ting"):
        assert embedded.search(view, text, 9, exact=True) == []


def test_a_question_is_asked_in_few_phrases() -> None:
    for text in ("xian" * 50, "an" * 100, "ang" * 66, "fangan" * 33, "xiangangao" * 20):
        wanted = wanted_name(text, False)
        assert wanted is not None
        assert wanted.query.count('"') < 2_000, text
        assert len(wanted.query) < 40_000, text
