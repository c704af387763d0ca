"""Certificates of checks: canonical JSON with a hash of the result, signed, to be verified without any data home.

The text of a certificate is its canonical JSON (keys sorted, compact, UTF-8) and one newline: another text of the same
values is none. The signature covers everything but itself (Ed25519, RFC 8032).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.ledger.signing import public_hex
from graph.model.jsontext import dump_sorted, load

TYPE = "creditgraph certificate of a check, version 1"

#: The largest file that is read as one.
LARGEST = 16 * 1024 * 1024

_HASH, _KEY, _SIGNATURE, _TEXT, _DAY = r"[0-9a-f]{64}", r"[0-9a-f]{64}", r"[0-9a-f]{128}", r".+", r"\d{4}-\d\d-\d\d"

#: Place -> pattern of its text, or the type of its value.
_SHAPE: Mapping[str, Any] = {
    "type": re.escape(TYPE),
    "id": r"k[0-9a-f]{23}",
    "query": {
        "subject": {"by": r"id|uscc|reg_no|org_code|id_card", "value": _TEXT},
        "purpose": r"[a-z]+",
        "as_of": _DAY,
        "known_at": int,
        "asked_on": _DAY,
        "level": int,
        "division": str,
    },
    "ledger": {"id": r"[0-9a-f]{32}", "seq": int, "hash": _HASH},
    "catalogue": _HASH,
    "purposes": _HASH,
    "result": dict,
    "result_sha256": _HASH,
    "made_at": r"\d{4}-\d\d-\d\dT[\d:.]+Z",
    "key": _KEY,
    "signature": _SIGNATURE,
}


def sha256_of(result: Mapping[str, Any]) -> str:
    """The hash of a result: of its canonical JSON."""
    return hashlib.sha256(dump_sorted(result).encode()).hexdigest()


def signed(told: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """A certificate; ``told``: all of its shape but type, hash, key and signature. ValueError when it is otherwise."""
    made = {"type": TYPE, **told, "result_sha256": sha256_of(told["result"]), "key": public_hex(key)}
    made["signature"] = key.sign(_covered(made)).hex()
    wrong = list(_misshapen(made, _SHAPE, ""))
    if wrong:
        raise ValueError("; ".join(wrong))
    return made


def text_of(certificate: Mapping[str, Any]) -> str:
    """The text of a certificate."""
    return dump_sorted(certificate) + "\n"


def read(content: bytes) -> dict[str, Any]:
    """A certificate from its text; ValueError when it has not its form, whatever its signature says."""
    try:
        found = load(content)
    except ValueError:
        raise ValueError("shape: no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("shape: expected an object")
    wrong = list(_misshapen(found, _SHAPE, ""))
    if wrong:
        raise ValueError("shape: " + "; ".join(wrong))
    if text_of(found).encode() != content:
        raise ValueError("shape: not the canonical text of its values")
    return found


def problems(content: bytes, public: str | None = None) -> list[str]:
    """What is wrong with the text of a certificate, each with its kind (shape, result hash, key, signature) first.

    ``public``: the key (hex) that should have signed; without it the signature is checked against the key in the
    certificate, which says only that nothing was changed after somebody signed it.
    """
    try:
        found = read(content)
    except ValueError as error:
        return [str(error)]
    wrong = []
    if sha256_of(found["result"]) != found["result_sha256"]:
        wrong.append("result hash: the result is not the one that was certified")
    if public is not None and found["key"] != public:
        wrong.append("key: signed with another key than the one given")
    try:
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found["key"] if public is None else public))
        signer.verify(bytes.fromhex(found["signature"]), _covered(found))
    except (InvalidSignature, ValueError):
        wrong.append("signature: not made over this content by this key")
    return wrong


def public_key(text: str) -> str:
    """A public key as somebody gives it: 64 hex digits, blanks around them; ValueError for anything else."""
    plain = text.strip().lower()
    if not re.fullmatch(_KEY, plain):
        raise ValueError("expected the 64 hex digits of an Ed25519 public key")
    return plain


def _covered(certificate: Mapping[str, Any]) -> bytes:
    return dump_sorted({name: value for name, value in certificate.items() if name != "signature"}).encode()


def _misshapen(found: Mapping[str, Any], shape: Mapping[str, Any], place: str) -> Iterator[str]:
    for name in sorted(found.keys() ^ shape.keys()):
        yield f"{place}{name} is " + ("missing" if name in shape else "unknown")
    for name in found.keys() & shape.keys():
        value, expected = found[name], shape[name]
        if isinstance(expected, dict):
            if isinstance(value, dict):
                yield from _misshapen(value, expected, f"{place}{name}.")
            else:
                yield f"{place}{name} is no object"
        elif isinstance(expected, type):
            if type(value) is not expected:
                yield f"{place}{name} is no {expected.__name__}"
        elif not isinstance(value, str) or not re.fullmatch(expected, value):
            yield f"{place}{name} is not as expected"
