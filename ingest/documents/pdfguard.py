"""What a PDF must be before its objects are followed: whole, and no larger unpacked than a document is."""

import base64
import re
import zlib
from collections.abc import Mapping
from itertools import pairwise

from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import (
    LITERALS_ASCII85_DECODE,
    LITERALS_ASCIIHEX_DECODE,
    LITERALS_FLATE_DECODE,
    PDFStream,
    list_value,
    resolve1,
    stream_value,
)

from ingest.problems import FileProblem

_END_WITHIN = 4096
_STREAM = re.compile(rb"stream\r?\n")
#: Filters that grow their input, named twice in one list: packed twice, unpacked without measure.
_PACKED = rb"/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)\b"
_TWICE = re.compile(rb"\[[^\]]{0,80}" + _PACKED + rb"[^\]]{0,80}" + _PACKED)
_MAX_STREAM, _MAX_ALL = 64 << 20, 256 << 20
_PIECE = 1 << 20
#: Characters of a font are numbered to here (ISO 32000-1 table C.1); a table that maps more repeats itself without end.
_MAX_CID, _MAX_MAPPED = 1 << 16, 1 << 20
_RANGES = re.compile(rb"begin(?:bf|cid)range(.*?)(?:end(?:bf|cid)range|$)", re.DOTALL)
_RANGE = re.compile(rb"<\s*([0-9A-Fa-f]+)\s*>\s*<\s*([0-9A-Fa-f]+)\s*>\s*(?:<[^>]*>|\[[^\]]*\]|\d+)")
_ENDLESS = "the PDF is damaged: a font of it counts more characters than there are"
_BOMB = "the PDF unpacks to far more than a judgment holds"


def check_whole(data: bytes) -> None:
    """FileProblem ``not_text`` without the end mark, and when the streams unpack to too much.

    The library would read what is left of a cut file, and half a judgment is worse than none.
    """
    if b"%%EOF" not in data[-_END_WITHIN:]:
        raise FileProblem("not_text", "the PDF is cut or damaged: its end mark (%%EOF) is missing")
    if _TWICE.search(data):
        raise FileProblem("not_text", _BOMB)
    left = _MAX_ALL
    starts = [match.end() for match in _STREAM.finditer(data)]
    for start, end in pairwise([*starts, len(data)]):
        piece, most = data[start:end], min(left, _MAX_STREAM)
        size, _ = _unpacked(piece, most)
        if not size and (bare := _bare(piece)):
            size, _ = _unpacked(bare, most)
        left -= size


def check_contents(page: PDFPage) -> None:
    """FileProblem ``not_text`` when a stream of the page's text does not unpack as a whole.

    The library would go on with what it could unpack.
    """
    for part in page.contents:
        stream = stream_value(part)
        if stream.rawdata is None:
            continue
        filters = [name for name, _ in stream.get_filters()]
        data = _deciphered(stream, stream.rawdata)
        if filters and filters[0] in LITERALS_ASCII85_DECODE + LITERALS_ASCIIHEX_DECODE:
            data, filters = _bare(data) or b"", filters[1:]
        if len(filters) == 1 and filters[0] in LITERALS_FLATE_DECODE and not _unpacked(data, _MAX_STREAM)[1]:
            raise FileProblem("not_text", "the text of the PDF is damaged")


def check_font(spec: Mapping[str, object]) -> None:
    """FileProblem ``not_text`` for a font that counts more characters than there can be: the library counts along."""
    numbers = [resolve1(one) for name in ("W", "W2") for one in list_value(spec.get(name, []))]
    if any(isinstance(one, int | float) and abs(one) > _MAX_CID for one in numbers):
        raise FileProblem("not_text", _ENDLESS)
    for name in ("ToUnicode", "Encoding"):
        stream = resolve1(spec.get(name))
        if isinstance(stream, PDFStream) and _mapped(stream.get_data()) > _MAX_MAPPED:
            raise FileProblem("not_text", _ENDLESS)


def _mapped(table: bytes) -> int:
    """How many characters the ranges of a character map name."""
    ranges = (found for part in _RANGES.findall(table) for found in _RANGE.findall(part))
    return sum(max(0, int(last[-8:], 16) - int(first[-8:], 16) + 1) for first, last in ranges)


def _deciphered(stream: PDFStream, data: bytes) -> bytes:
    if stream.decipher and stream.objid is not None and stream.genno is not None:
        return stream.decipher(stream.objid, stream.genno, data, stream.attrs)
    return data


def _bare(data: bytes) -> bytes | None:
    """``data`` without its ASCII armour (base 85 or 16); None when it has none."""
    try:
        if (end := data.find(b"~>")) >= 0:
            return base64.a85decode(data[:end].removeprefix(b"<~"))
        if (end := data.find(b">")) >= 0:
            return bytes.fromhex(data[:end].decode("ascii"))
    except ValueError:
        pass
    return None


def _unpacked(data: bytes, most: int) -> tuple[int, bool]:
    """How many bytes ``data`` unpacks to, and whether to its end; FileProblem for more than ``most``."""
    unpacker, count = zlib.decompressobj(), 0
    try:
        while data and not unpacker.eof:
            count += len(unpacker.decompress(data, _PIECE))
            if count > most:
                raise FileProblem("not_text", _BOMB)
            data = unpacker.unconsumed_tail
    except zlib.error:
        return count, False
    return count, unpacker.eof
