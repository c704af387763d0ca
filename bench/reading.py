"""How fast judgments are read, by rules and with the model, beside a blank pipeline of one token a character."""

import resource
import time
from collections.abc import Callable, Iterable

import spacy

from nlp.composed import compose
from nlp.reader import read_many

_SIGNS = 3_000
_DOCUMENTS = 60


def _texts() -> list[str]:
    """Composed documents, joined and cut to the length that is measured."""
    words = "\n".join(one.text for one in compose(3, 400, "train"))
    return [words[at : at + _SIGNS] for at in range(0, _SIGNS * _DOCUMENTS, _SIGNS)]


def _rate(read: Callable[[list[str]], Iterable[object]], texts: list[str]) -> float:
    """Documents a second of one core."""
    for _ in read(texts[:3]):
        pass
    begin = time.process_time()
    for _ in read(texts):
        pass
    return len(texts) / (time.process_time() - begin)


def measure() -> None:
    """Print one line a way of reading, the median of three runs each, alternating with the rival."""
    texts, blank = _texts(), spacy.blank("zh")
    ways: dict[str, Callable[[list[str]], Iterable[object]]] = {
        "facts, by rules": read_many,
        "facts and entities, model": lambda given: read_many(given, with_entities=True),
    }
    for name, way in ways.items():
        pairs = sorted((_rate(way, texts), _rate(blank.pipe, texts)) for _ in range(3))
        ours, rival = pairs[1]
        print(
            f"{name:<28} {ours:>7.1f} documents of {_SIGNS} signs/s  blank {rival:>7.1f}  ratio 1/{rival / ours:.1f}",
            flush=True,
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
