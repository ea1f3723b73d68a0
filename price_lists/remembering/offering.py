"""What is handed to the guessing for one vendor: what enough vendors agree on, and the vendor's own words above it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import defaultdict
from typing import NamedTuple

from django.db.models import Max

from price_lists.mapping.memory import Memory, Remembered
from price_lists.remembering.models import CommonWord, WordKind, WordVote
from vendors.models import Vendor

#: So many vendors must agree before anything of theirs shows to another,
LEAST_VENDORS = 3
#: and this share of all who decided.
LEAST_SHARE = 0.8
#: Words in all that are offered, those first that most vendors say: each process holds them.
_MOST = 20_000
#: Seconds after which they are read anew even if none seems newer: clocks of two machines differ.
_KEPT = 300.0

_Words = dict[str, dict[str, Remembered]]


class _Kept(NamedTuple):
    newest: dt.datetime | None
    read_at: float
    words: _Words


_lock = threading.Lock()
_kept: list[_Kept] = []


def memory_for(vendor: Vendor) -> Memory:
    """Two statements, and a third where something changed since this process asked last."""
    words: _Words = {kind: dict(said) for kind, said in _common().items()}
    own = WordVote.objects.filter(vendor=vendor)
    for kind, word, answer in own.values_list("kind", "word", "answer"):
        words.setdefault(kind, {})[word] = Remembered(answer, 1, own=True)
    return Memory(
        headings=words.get(WordKind.HEADING, {}),
        stock=words.get(WordKind.STOCK, {}),
        units=words.get(WordKind.UNIT, {}),
        brands=words.get(WordKind.BRAND, {}),
        layouts=words.get(WordKind.LAYOUT, {}),
    )


def is_offered(vendors: int, others: int) -> bool:
    return vendors >= LEAST_VENDORS and vendors >= LEAST_SHARE * (vendors + others)


def _common() -> _Words:
    newest = CommonWord.objects.aggregate(newest=Max("changed_at"))["newest"]
    with _lock:
        if _kept and _kept[0].newest == newest and time.monotonic() - _kept[0].read_at < _KEPT:
            return _kept[0].words
    words: _Words = defaultdict(dict)
    rows = CommonWord.objects.filter(vendors__gte=LEAST_VENDORS, struck_at__isnull=True)
    for kind, word, answer, vendors, others in rows.order_by("-vendors", "id").values_list(
        "kind", "word", "answer", "vendors", "others"
    )[:_MOST]:
        if is_offered(vendors, others):
            words[kind][word] = Remembered(answer, vendors, others)
    with _lock:
        _kept[:] = [_Kept(newest, time.monotonic(), dict(words))]
    return dict(words)
