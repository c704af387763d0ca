"""A certificate holds for just the text that was signed: any other byte, field or key fails."""

import json
import stat
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from graph.ledger.signing import public_hex, signing_key, signing_key_path
from graph.ledger.vault import WrongMasterKey
from graph.measures import certificate as c

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 8))
RESULT = {"purpose": "licence", "hit": False, "binding": [], "not_for_this_purpose": {"joint": 1}, "why": "无"}
TOLD = {
    "id": "k" + "0a" * 11 + "b",
    "query": {
        "subject": {"by": "uscc", "value": "91359801TY00000801"},
        "purpose": "licence",
        "as_of": "2026-10-01",
        "known_at": 12,
        "asked_on": "2026-10-01",
        "level": 1,
        "division": "",
    },
    "ledger": {"id": "ab" * 16, "seq": 12, "hash": "cd" * 32},
    "catalogue": "0" * 64,
    "purposes": "1" * 64,
    "result": RESULT,
    "made_at": "2026-10-01T08:00:00.000001Z",
}
MADE = c.signed(TOLD, KEY)
TEXT = c.text_of(MADE).encode()
PUBLIC = public_hex(KEY)


def test_what_was_signed_verifies() -> None:
    assert c.problems(TEXT) == [] and c.problems(TEXT, PUBLIC) == []
    assert c.read(TEXT) == MADE
    assert TEXT.decode() == json.dumps(MADE, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_any_other_byte_fails(place: int, change: int) -> None:
    content = bytearray(TEXT)
    content[place] ^= change
    assert c.problems(bytes(content))
    assert c.problems(bytes(content), PUBLIC)


@given(st.integers(0, len(TEXT)), st.binary(max_size=3), st.integers(0, 3))
def test_bytes_more_or_fewer_fail(place: int, more: bytes, fewer: int) -> None:
    content = TEXT[:place] + more + TEXT[place + fewer :]
    assert (c.problems(content) == []) == (content == TEXT)


def _places(value: Any, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict) and value:
        return [place for name in value for place in _places(value[name], (*before, name))]
    return [before]


@pytest.mark.parametrize("place", _places(MADE), ids=".".join)
@pytest.mark.parametrize("change", ["other", "gone", "more"])
def test_any_other_field_fails(place: tuple[str, ...], change: str) -> None:
    made = deepcopy(MADE)
    inner: Any = made
    for name in place[:-1]:
        inner = inner[name]
    old = inner.pop(place[-1])
    if change == "other":
        inner[place[-1]] = {str: f"{old}0", int: 13, bool: True, list: ["x"]}[type(old)]
    elif change == "more":
        inner[place[-1]] = old
        inner["zz"] = old
    content = c.text_of(made).encode()
    assert c.problems(content), (place, change)
    assert c.problems(content, PUBLIC), (place, change)


def test_what_fails_is_said() -> None:
    changed = {**MADE, "result": RESULT | {"hit": True}}
    told = c.problems(c.text_of(changed).encode())
    assert [line.partition(":")[0] for line in told] == ["result hash", "signature"]
    # With the hash made to fit, the signature still does not.
    fitted = changed | {"result_sha256": c.sha256_of(changed["result"])}
    assert [p.partition(":")[0] for p in c.problems(c.text_of(fitted).encode())] == ["signature"]
    # Signed anew by somebody else it is whole, but not by the key that is known.
    forged = c.text_of(c.signed(TOLD | {"result": RESULT | {"hit": True}}, OTHER)).encode()
    assert c.problems(forged) == []
    assert [p.partition(":")[0] for p in c.problems(forged, PUBLIC)] == ["key", "signature"]
    named = json.loads(forged) | {"key": PUBLIC}
    assert [p.partition(":")[0] for p in c.problems(c.text_of(named).encode(), PUBLIC)] == ["signature"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"1", b"{", TEXT[:-1], TEXT + b"\n", json.dumps(MADE).encode(), b"[" * 100_000],
)
def test_what_is_no_certificate_is_of_no_shape(content: bytes) -> None:
    assert [line.partition(":")[0] for line in c.problems(content)] == ["shape"]


def test_nothing_is_signed_that_could_not_be_verified() -> None:
    with pytest.raises(ValueError, match="known_at is no int"):
        c.signed(TOLD | {"query": {**TOLD["query"], "known_at": "12"}}, KEY)  # type: ignore[dict-item]


def test_the_key_lies_beside_the_master_key_and_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "keys" / "master.key"))
    monkeypatch.delenv("CREDITGRAPH_SIGNING_KEY", raising=False)
    assert signing_key_path() == tmp_path / "keys" / "signing.key"
    first = public_hex(signing_key())
    assert public_hex(signing_key()) == first != PUBLIC
    assert stat.S_IMODE(signing_key_path().stat().st_mode) == 0o600
    monkeypatch.setenv("CREDITGRAPH_SIGNING_KEY", str(tmp_path / "other.key"))
    assert public_hex(signing_key()) != first
    (tmp_path / "other.key").write_bytes(b"short")
    with pytest.raises(WrongMasterKey):
        signing_key()


@pytest.mark.parametrize("text", ["", "xy", PUBLIC[:-1], PUBLIC + "0", "g" * 64])
def test_what_is_no_public_key_is_said(text: str) -> None:
    assert c.public_key(f" {PUBLIC.upper()}\n") == PUBLIC
    with pytest.raises(ValueError, match="64 hex digits"):
        c.public_key(text)
