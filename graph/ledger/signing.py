"""The key that signs certificates: Ed25519, beside the master key outside the data home, made once (RFC 8032)."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graph.ledger.vault import default_key_path, master_key


def signing_key_path() -> Path:
    """``CREDITGRAPH_SIGNING_KEY``, or ``signing.key`` in the folder of the master key."""
    named = os.environ.get("CREDITGRAPH_SIGNING_KEY")
    return Path(named) if named else default_key_path().with_name("signing.key")


def signing_key(path: Path | None = None) -> Ed25519PrivateKey:
    """The private key: 32 random bytes, mode 0600, made and read as the master key is."""
    return Ed25519PrivateKey.from_private_bytes(master_key(path or signing_key_path()))


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public key as 64 small hex digits."""
    return key.public_key().public_bytes_raw().hex()
