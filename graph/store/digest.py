"""The digest of a graph: SHA-256 of each item, summed into 4,096 buckets.

Order-free and incremental: an item is taken off or added without reading the
rest, and two stores with the same items have the same buckets (design 3.6).
"""

import hashlib
from collections.abc import Iterable

BUCKETS = 4096
_SIZE = 32
_MODULUS = 1 << (8 * _SIZE)


class Digest:
    """Sums of item hashes, modulo 2**256, by the first 12 bits of the hash."""

    def __init__(self, raw: bytes | None = None) -> None:
        """``raw``: the buckets as :meth:`raw` gave them; None = nothing added yet."""
        if raw is not None and len(raw) != BUCKETS * _SIZE:
            raise ValueError(f"a digest has {BUCKETS * _SIZE} bytes, not {len(raw)}")
        self._sums = [int.from_bytes(raw[i * _SIZE : (i + 1) * _SIZE], "big") for i in range(BUCKETS)] if raw else []
        self._sums = self._sums or [0] * BUCKETS

    def add(self, hashes: Iterable[str], sign: int = 1) -> None:
        """Add items (``sign`` -1: take them off); each hash is SHA-256 in hex."""
        for item in hashes:
            bucket = int(item[:3], 16)
            self._sums[bucket] = (self._sums[bucket] + sign * int(item, 16)) % _MODULUS

    def raw(self) -> bytes:
        """The buckets, 32 bytes each."""
        return b"".join(total.to_bytes(_SIZE, "big") for total in self._sums)

    def hex(self) -> str:
        """One hash over all buckets."""
        return hashlib.sha256(self.raw()).hexdigest()
