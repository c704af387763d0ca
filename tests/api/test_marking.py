"""Spans of facts in a text: whatever they are, the text stays what it is and every fact is found on its words."""

from hypothesis import given
from hypothesis import strategies as st

from api.site.marking import marked

_TEXTS = st.text(max_size=40)
_SPANS = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=6)


@given(_TEXTS, _SPANS)
def test_pieces_are_the_text_and_each_fact_covers_its_words(text: str, spans: list[tuple[int, int]]) -> None:
    facts = [{"span": list(span)} for span in spans]
    pieces = marked(text, facts)
    assert "".join(piece.text for piece in pieces) == text
    for place, (start, end) in enumerate(spans):
        words = "".join(piece.text for piece in pieces if place in piece.facts)
        assert words == (text[start:end] if start < end else "")
        starts = [piece for piece in pieces if place in piece.starts]
        assert len(starts) == (1 if text[start:end] and start < end else 0)
