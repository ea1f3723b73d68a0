"""Which keys a run has staged, as far as a bitmap can tell: most rows need not be looked for among the earlier ones."""

from __future__ import annotations

from collections.abc import Iterable

#: 2 MB: of a million keys one in seventy of the others seems to be there.
_BITS = 24
_MASK = (1 << _BITS) - 1


class StagedKeys:
    """Never misses a key that was added; now and then takes another for one (a Bloom filter of two bits)."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._bits = bytearray(1 << (_BITS - 3))
        self.add(keys)

    def add(self, keys: Iterable[str]) -> None:
        bits = self._bits
        for key in keys:
            mixed = hash(key)
            first, second = mixed & _MASK, (mixed >> _BITS) & _MASK
            bits[first >> 3] |= 1 << (first & 7)
            bits[second >> 3] |= 1 << (second & 7)

    def perhaps(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that may have been added."""
        bits = self._bits
        found = []
        for key in keys:
            mixed = hash(key)
            first, second = mixed & _MASK, (mixed >> _BITS) & _MASK
            if bits[first >> 3] >> (first & 7) & 1 and bits[second >> 3] >> (second & 7) & 1:
                found.append(key)
        return found
