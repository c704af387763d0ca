"""From a canonical row to one that the ledger may hold: numbers of persons go into the vault."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph.ledger.vault import Vault
from graph.model.ids import mask_id
from graph.model.jsontext import dump_sorted


class Sealed(NamedTuple):
    """A row without ID numbers.

    ``fields``: canonical fields, each number replaced by its ``pid:`` token and
    accompanied by ``<field>_mask``. ``rec``: the key of its record. ``content``:
    hash of the compared content, the same in every home of one master key.
    """

    fields: dict[str, str]
    rec: str
    content: str


def record_key(vault: Vault, source: str, parts: Iterable[str]) -> str:
    """``rec:<source>/<keyed hash of the natural key>``."""
    return f"rec:{source}/{vault.keyed(chr(31).join((source, *parts)))[:24]}"


def seal(
    vault: Vault,
    source: str,
    fields: Mapping[str, str],
    ids: Sequence[str],
    key: Sequence[str],
    extra: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> Sealed:
    """Seal a row. ``extra``: derived fields (not compared); ``left_out``: fields that are not compared."""
    compared, sealed = dict(fields), {**fields, **extra}
    for name in ids:
        number = fields[name]
        sealed[name], compared[name] = vault.sealed(number)
        sealed[f"{name}_mask"] = mask_id(number)
    for name in left_out:
        compared.pop(name, None)
    content = hashlib.sha256(dump_sorted(compared).encode()).hexdigest()
    return Sealed(sealed, record_key(vault, source, key), content)
