"""Parts of a line of text that several answers share."""

from typing import Any


def who(entity: dict[str, Any] | None) -> str:
    """A subject as name and number."""
    if not entity:
        return "—"
    mark = entity.get("uscc") or entity.get("id_mask")
    return f"{entity['name']}（{mark}）" if mark else str(entity["name"])


def proof(rows: list[dict[str, Any]]) -> str:
    """The rows and words that something rests on, the first three."""
    parts = []
    for row in rows[:3]:
        place = f"{row['source']} {row['file']}:{row['row']}"
        told = " ".join(str(row[k]) for k in ("document_no", "issuer", "date") if row.get(k))
        quote = f" “{row['quote']}”" if row.get("quote") else ""
        parts.append(f"{place} {told}{quote}".rstrip())
    more = f" +{len(rows) - 3}" if len(rows) > 3 else ""
    return "    证据 " + "; ".join(parts) + more


def term(row: dict[str, Any]) -> str:
    """From when to when."""
    start, end = row.get("valid_from"), row.get("valid_to")
    return f"[{start or '…'}, {end or '…'})" if start or end else f"as seen {row.get('seen_on') or '—'}"
