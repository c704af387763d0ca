"""How a document is set: lines, indents, run together without breaks; half- and full-width signs."""

from collections.abc import Mapping

from nlp.composed.lot import Lot
from nlp.composed.pieces import Piece, mapped

_HALF: Mapping[int, str | int] = dict(zip(map(ord, "（）：，；"), "():,;", strict=True))
_WIDE: Mapping[int, str | int] = dict(zip(map(ord, "0123456789"), "０１２３４５６７８９", strict=True))


class Layout:
    """The way one document is set. ``run``: everything on one line, the last 。 of a paragraph often dropped."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        style = lot.below(100)
        self.run = style < 14
        self.indent = "　　" if 14 <= style < 34 else ""
        self.gap = "\n\n" if style > 92 else "\n"
        self.drop_stops = self.run and lot.chance(0.5)
        width = lot.below(100)
        self.table: Mapping[int, str | int] = _HALF if width < 10 else _WIDE if width < 17 else {}

    def set(self, paragraphs: list[list[Piece]], heading: int) -> list[Piece]:
        """The pieces of the whole text; the first ``heading`` paragraphs are not indented."""
        pieces: list[Piece] = []
        for position, paragraph in enumerate(paragraphs):
            if not paragraph:
                continue
            if pieces and not self.run:
                pieces.append(Piece(self.gap))
            if position >= heading and self.indent:
                pieces.append(Piece(self.indent))
            pieces += self._stopped(paragraph)
        return mapped(pieces, self.table) if self.table else pieces

    def _stopped(self, paragraph: list[Piece]) -> list[Piece]:
        last = paragraph[-1]
        if self.drop_stops and not last.label and last.text.endswith("。"):
            return [*paragraph[:-1], Piece(last.text[:-1])]
        return paragraph

    def printed(self, value: str | None) -> str | None:
        """A value as this document prints it."""
        return value.translate(self.table) if value and self.table else value
