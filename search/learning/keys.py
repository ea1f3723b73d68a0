"""One number for all forms and spellings of a query: of its words' lemmas, whatever their order, stop words left out."""

from __future__ import annotations

import hashlib

from search.analysis import query_words


def query_key(words: str) -> int:
    """64 bits with a sign, as databases keep them; 0 where there are no words. Ukrainian and Russian words for one thing
    have one lemma, so «зошити» and «тетрадь» are one query.
    """
    lemmas = sorted({word.terms[0] for word in query_words(words) if word.terms})
    if not lemmas:
        return 0
    return int.from_bytes(
        hashlib.blake2b(" ".join(lemmas).encode(), digest_size=8).digest(), "big", signed=True
    )
