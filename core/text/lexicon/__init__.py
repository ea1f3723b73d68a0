"""Forms to lemmas: Ukrainian from the packed lexicon, Russian from pymorphy3, English stems from Snowball."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import lzma
import os
import tempfile
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent.parent / "data"
_PACKED = _DATA / "uk.marisa.xz"
_folder: Path | None = None


def configure(cache_folder: Path) -> None:
    """Where the unpacked lexicon is kept. Call before the first look-up."""
    global _folder  # noqa: PLW0603  one process-wide place, set once at start-up
    _folder = cache_folder


def cache_folder() -> Path:
    if _folder is not None:
        return _folder
    # This module works without Django, whose settings would otherwise say it.
    root = os.environ.get("RYAD_VAR")
    return (Path(root) if root else _DATA.parent.parent.parent / "var") / "lexicon"


@cache
def ukrainian() -> Any:
    """The Ukrainian trie, memory-mapped from the cache folder; in memory where that cannot be written."""
    import marisa_trie

    packed = _PACKED.read_bytes()
    trie = marisa_trie.BytesTrie()
    target = cache_folder() / f"uk-{hashlib.sha256(packed).hexdigest()[:12]}.marisa"
    if not target.exists():
        unpacked = lzma.decompress(packed)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".unpacking-")
            with os.fdopen(handle, "wb") as file:
                file.write(unpacked)
            # Atomic: another process sees nothing or all of it.
            Path(partial).replace(target)
        except OSError:
            return trie.frombytes(unpacked)
    trie.mmap(str(target))
    return trie


@cache
def russian() -> Any:
    import pymorphy3

    # It announces its dictionaries at level INFO.
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)
    return pymorphy3.MorphAnalyzer(lang="ru")


@cache
def _english() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


# The stemmer sees endings only.
_IRREGULAR = {
    "mice": "mouse",
    "knives": "knife",
    "shelves": "shelf",
    "feet": "foot",
    "teeth": "tooth",
    "men": "man",
    "women": "woman",
    "children": "child",
    "leaves": "leaf",
    "loaves": "loaf",
    "halves": "half",
    "scarves": "scarf",
}


def english_stem(word: str) -> str:
    stem: str = _english().stemWord(_IRREGULAR.get(word, word))
    return stem


@cache
def english_goods() -> frozenset[str]:
    """English words that names of goods are made of, as written in lower case."""
    lines = (_DATA / "en.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def english_stems_of_goods() -> frozenset[str]:
    return frozenset(map(english_stem, english_goods()))


def ukrainian_lemmas(word: str) -> tuple[str, ...]:
    """Lemmas of a folded form, itself if it is one, () if it is unknown."""
    trie = ukrainian()
    rules = trie.get(word)
    if rules:
        return tuple(dict.fromkeys(word[: len(word) - rule[0]] + rule[1:].decode() for rule in rules))
    # A form that is the only lemma of itself has no entry; its other forms tell that it is a word.
    for stem in (word, word[:-1], word[:-2]):
        if len(stem) < 3:
            break
        for form, rule in islice(trie.iteritems(stem), 60):
            if len(form) - rule[0] >= 0 and form[: len(form) - rule[0]] + rule[1:].decode() == word:
                return (word,)
    return ()


def russian_lemmas(word: str) -> tuple[str, ...]:
    """Lemmas of a folded form that are not far-fetched, () if it is unknown."""
    morph = russian()
    if not morph.word_is_known(word):
        return ()
    parses = morph.parse(word)
    best = parses[0].score
    lemmas = (parse.normal_form.replace("ё", "е") for parse in parses if parse.score >= best * 0.1)
    return tuple(dict.fromkeys(lemmas))


def knows(word: str) -> bool:
    """Whether a folded Cyrillic word is a form or a lemma of either language."""
    return bool(word in ukrainian() or russian().word_is_known(word) or ukrainian_lemmas(word))


def warm() -> None:
    """Loads all of it now rather than at the first query."""
    with contextlib.suppress(ImportError):
        ukrainian_lemmas("ряд")
        russian_lemmas("ряд")
        english_stem("row")
