"""Builds the committed data of the analysis: the packed Ukrainian lexicon and the Ukrainian–Russian pairs.

    python -m core.text.lexicon.build lexicon DICTIONARY.txt
    python -m core.text.lexicon.build pairs ALIGNED.csv
    python -m core.text.lexicon.build english ALIGNED.csv

DICTIONARY.txt holds `lemma+form+tags` lines: the Maven artifact ua.net.nlp:morfologik-ukrainian-search
(Apache-2.0) taken apart by `dict_decompile` of org.carrot2:morfologik-tools. ALIGNED.csv has the columns `uk`,
`ru` and `en` with names of one thing (the Common Procurement Vocabulary, ProzorroUKR/standards, Apache-2.0).
"""

from __future__ import annotations

import collections
import csv
import itertools
import lzma
import re
import sys
import tempfile
from pathlib import Path

from core.text import lexicon, skeleton

_HERE = Path(__file__).resolve().parent
_DATA = _HERE.parent / "data"
_WORD = re.compile("[а-яєіїґё']+")
# Ukrainian і in a closed syllable answers to Russian о or е; prefixes that are spelt apart.
_VOWELS = {"і": ("о", "е", "и")}
_PREFIXES = (
    ("роз", "раз"),
    ("роз", "рас"),
    ("від", "от"),
    ("під", "под"),
    ("без", "бес"),
    ("з", "с"),
    ("зі", "со"),
)
MIN_LETTERS = 3
EM_ROUNDS = 8


def build_lexicon(source: Path) -> None:
    """Form → lemmas as a marisa trie; a value is the letters to cut (one byte), then the letters to add."""
    import marisa_trie

    lemmas: dict[str, set[str]] = collections.defaultdict(set)
    with source.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("+")
            if len(parts) >= 2 and parts[0] and " " not in parts[1]:
                lemmas[parts[1]].add(parts[0].lower())

    def rule(form: str, lemma: str) -> bytes:
        shared = sum(
            1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(form, lemma, strict=False))
        )
        return bytes([len(form) - shared]) + lemma[shared:].encode()

    trie = marisa_trie.BytesTrie(
        (form, rule(form, lemma))
        for form, of_form in lemmas.items()
        for lemma in of_form
        if lemma != form or len(of_form) > 1
    )
    with tempfile.NamedTemporaryFile() as file:
        trie.save(file.name)
        packed = lzma.compress(Path(file.name).read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    (_DATA / "uk.marisa.xz").write_bytes(packed)


def _ukrainian_lemmas() -> set[str]:
    trie = lexicon.ukrainian()
    return {form[: len(form) - rule[0]] + rule[1:].decode() for form, rule in trie.iteritems()}


def _russian_lemmas() -> set[str]:
    words = lexicon.russian().dictionary.iter_known_words()
    return {skeleton.letters(normal) for _, tag, normal, *_ in words if tag.POS in {"NOUN", "ADJF", "INFN"}}


def cognates(ukrainian: set[str], russian: set[str]) -> dict[str, str]:
    """Ukrainian skeletons whose Russian cognate is spelt with another vowel or prefix, by the lexicons alone."""
    found: dict[str, str] = {}
    for lemma in sorted(ukrainian):
        own = skeleton.spelt_ukrainian(lemma)
        if len(lemma) < MIN_LETTERS or own in russian or not _WORD.fullmatch(lemma):
            continue
        stems = {lemma}
        stems.update(
            new + lemma[len(old) :]
            for old, new in _PREFIXES
            if lemma.startswith(old) and len(lemma) > len(old) + 2
        )
        candidates = {
            skeleton.spelt_ukrainian("".join(letters))
            for each in stems
            if each.count("і") <= 3
            for letters in itertools.product(*(_VOWELS.get(letter, (letter,)) for letter in each))
        }
        known = sorted((candidates - {own}) & russian)
        if len(known) == 1:
            found[own] = known[0]
    return found


def aligned(source: Path) -> list[tuple[list[str], list[str]]]:
    from core.text.words import STOP_WORDS

    def skeletons(text: str, ukrainian: bool) -> list[str]:
        out = []
        for word in _WORD.findall(text.lower().replace("ґ", "г").replace("ё", "е")):
            if word in STOP_WORDS or len(word) < MIN_LETTERS:
                continue
            if ukrainian:
                lemmas = lexicon.ukrainian_lemmas(word) or (word,)
                out.append(skeleton.spelt_ukrainian(lemmas[0]))
            else:
                lemmas = lexicon.russian_lemmas(word) or (word,)
                out.append(skeleton.of_russian(lemmas[0])[0])
        return out

    with source.open(encoding="utf-8") as file:
        return [
            (skeletons(row["uk"], ukrainian=True), skeletons(row["ru"], ukrainian=False))
            for row in csv.DictReader(file)
        ]


def translations(pairs: list[tuple[list[str], list[str]]], cognate: dict[str, str]) -> dict[str, str]:
    """Word pairs learnt from aligned names (IBM model 1, Brown et al. 1993), kept where both directions agree."""
    pairs = [([cognate.get(word, word) for word in left], right) for left, right in pairs]
    # What is the same on both sides explains itself and teaches nothing about the rest.
    pairs = [
        ([w for w in left if w not in right], [w for w in right if w not in left]) for left, right in pairs
    ]
    forward, backward = _model_one(pairs), _model_one([(right, left) for left, right in pairs])
    seen = collections.Counter((u, r) for left, right in pairs for u in set(left) for r in set(right))
    return {
        u: r
        for u, options in sorted(forward.items())
        for r, chance in options.items()
        if chance >= 0.4 and backward[r].get(u, 0) >= 0.35 and seen[u, r] >= 3
    }


def _model_one(pairs: list[tuple[list[str], list[str]]]) -> dict[str, dict[str, float]]:
    chance: dict[str, dict[str, float]] = collections.defaultdict(dict)
    for left, right in pairs:
        for u in left:
            for r in right:
                chance[u][r] = 1.0
    for _ in range(EM_ROUNDS):
        counts: dict[str, dict[str, float]] = collections.defaultdict(lambda: collections.defaultdict(float))
        for left, right in pairs:
            for r in right:
                total = sum(chance[u][r] for u in left)
                for u in left:
                    counts[u][r] += chance[u][r] / total
        for u, options in counts.items():
            whole = sum(options.values())
            chance[u] = {r: count / whole for r, count in options.items()}
    return chance


def by_hand() -> dict[str, tuple[str, ...]]:
    table = {}
    for line in (_HERE / "pairs_by_hand.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            left, right = line.split("\t")
            words = [word.replace("ё", "е") for word in right.split()]
            # What is told in the plural (волосы, семена) is looked for by its lemma, too.
            lemmas = [lemma for word in words for lemma in (lexicon.russian_lemmas(word) or (word,))]
            targets = dict.fromkeys(skeleton.of_russian(lemma)[0] for lemma in lemmas)
            table[skeleton.spelt_ukrainian(left)] = tuple(targets)
    return table


def build_pairs(source: Path) -> None:
    russian = _russian_lemmas()
    cognate = cognates(_ukrainian_lemmas(), russian)
    learnt = translations(aligned(source), cognate)
    table: dict[str, tuple[str, ...]] = {u: (r,) for u, r in cognate.items()}
    for u, r in learnt.items():
        # A Ukrainian word that is a Russian one, too, keeps itself.
        table[u] = (u, r) if u in russian else (r,)
    for u, targets in by_hand().items():
        table[u] = tuple(dict.fromkeys((*((u,) if u in russian else ()), *targets)))
    lines = [f"{u}\t{' '.join(targets)}" for u, targets in sorted(table.items()) if targets != (u,)]
    head = "# Built by core.text.lexicon.build; see NOTICE. Ukrainian skeleton, tab, skeletons it is searched by."
    (_DATA / "uk_ru.tsv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    sys.stderr.write(f"{len(cognate)} cognates, {len(learnt)} learnt, {len(lines)} lines\n")


def build_english(source: Path) -> None:
    """English words of four letters on that name goods: who types one of them means it, whatever the row has."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        words = {word for row in csv.DictReader(file) for word in re.findall("[a-z]{4,}", row["en"].lower())}
    head = "# Built by core.text.lexicon.build; see NOTICE. English words of names of goods."
    (_DATA / "en.txt").write_text("\n".join([head, *sorted(words), ""]), encoding="utf-8")
    sys.stderr.write(f"{len(words)} words\n")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["lexicon", source]:
            build_lexicon(Path(source))
        case ["pairs", source]:
            build_pairs(Path(source))
        case ["english", source]:
            build_english(Path(source))
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
