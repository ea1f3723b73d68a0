"""Streams of an OLE compound file ([MS-CFB]): as much of it as the look at a workbook of before 2007 needs."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # this number and those above it are no sectors
_ENTRY = 128
_ENTRIES = 4096  # of the directory; a workbook has a dozen


class NotCompound(ValueError):
    """No compound file, or one whose chains lead nowhere."""


def stream(path: Path, names: tuple[str, ...], *, limit: int) -> bytes:
    """The first `limit` bytes of the first stream in the root with one of the names. Raises NotCompound."""
    with path.open("rb") as file:
        return _Compound(file).read(names, limit)


class _Compound:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        head = file.read(512)
        if len(head) < 512 or not head.startswith(_MAGIC):
            raise NotCompound
        self._size = 1 << _number("<H", head, 30)
        if self._size not in {512, 4096}:
            raise NotCompound
        self._cutoff = _number(
            "<I", head, 56
        )  # shorter streams lie in a stream of their own, in pieces of 64 bytes
        self._table = self._sectors_table(head)
        self._directory = self._of_chain(_number("<I", head, 48), _ENTRIES * _ENTRY)
        self._small_table = _numbers(self._of_chain(_number("<I", head, 60), 4 * 2**20))

    def read(self, names: tuple[str, ...], limit: int) -> bytes:
        wanted = [name.encode("utf-16-le") for name in names]
        found: dict[bytes, tuple[int, int]] = {}
        for place in range(0, len(self._directory) - _ENTRY + 1, _ENTRY):
            entry = self._directory[place : place + _ENTRY]
            length = _number("<H", entry, 64)
            if entry[66] == 2 and 2 <= length <= 64:
                found.setdefault(entry[: length - 2], (_number("<I", entry, 116), _number("<I", entry, 120)))
        start, size = next((found[name] for name in wanted if name in found), (_LAST, 0))
        if start >= _LAST:
            raise NotCompound
        wanted_size = min(size, limit)
        if size >= self._cutoff:
            return self._of_chain(start, wanted_size)[:wanted_size]
        root = self._directory[:_ENTRY]
        pieces = self._of_chain(_number("<I", root, 116), min(_number("<I", root, 120), 64 * 2**20))
        return b"".join(
            pieces[64 * sector : 64 * sector + 64]
            for sector in _chain(self._small_table, start, limit // 64 + 1)
        )[:wanted_size]

    def _sector(self, number: int) -> bytes:
        self._file.seek((number + 1) * self._size)
        return self._file.read(self._size)

    def _sectors_table(self, head: bytes) -> array[int]:
        """For each sector the one that follows it; the table itself lies in sectors that the head lists."""
        places = list(struct.unpack("<109I", head[76:512]))
        further, left = _number("<I", head, 68), min(_number("<I", head, 72), 4096)
        while further < _LAST and left > 0:
            listed = _numbers(self._sector(further))
            if not listed:
                raise NotCompound
            places += listed[:-1]
            further, left = listed[-1], left - 1
        table = array("I")
        for place in places:
            if place < _LAST:
                table.extend(_numbers(self._sector(place)))
        return table

    def _of_chain(self, start: int, limit: int) -> bytes:
        return b"".join(
            self._sector(number) for number in _chain(self._table, start, limit // self._size + 1)
        )


def _chain(table: array[int], start: int, most: int) -> Iterator[int]:
    """The sectors from `start` on, no more than so many: a chain may bite its tail."""
    number = start
    for _turn in range(most):
        if number >= _LAST:
            return
        if number >= len(table):
            raise NotCompound
        yield number
        number = table[number]


def _number(kind: str, data: bytes, place: int) -> int:
    found: int = struct.unpack_from(kind, data, place)[0]
    return found


def _numbers(data: bytes) -> array[int]:
    return array("I", struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
