"""The names of an offer in all languages as one, and what tells them from others. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any


def names_of(columns: Mapping[str, Any]) -> Iterable[str]:
    """The names of an offer in all languages, each once."""
    title, texts = columns["title"], columns["texts"]
    if len(texts) < 2:
        return (title,)
    return dict.fromkeys([title, *(words["title"] for words in texts.values() if words.get("title"))])


def names_hash(names: Iterable[str]) -> bytes:
    return hashlib.blake2b("\n".join(names).encode(), digest_size=16).digest()
