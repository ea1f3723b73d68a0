"""Text to tokens: words, numbers, measures and codes with their places in the original and all their terms.

Work is remembered by chunk (what stands between blanks), because titles repeat their chunks: a warm look-up costs
one hash. A number and a unit that stand apart («0,5 мм») are put together before the look-up. Documents need only
the terms of a chunk, which take a third of the room of its tokens, and there are many more documents than queries:
the two are remembered apart, each within its bound.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeVar

from core.text import measures
from core.text.folding import (
    fold_characters,
    fold_with_origin,
    fold_word,
    has_markup,
    is_cyrillic,
    unescaped,
    without_markup,
)
from core.text.remembering import Remembered
from core.text.words import STOP_WORDS, word_terms

WORD, NUMBER, MEASURE, CODE, STOP = "word", "number", "measure", "code", "stop"
LONGEST = 120  # letters of a term; longer runs are no words
#: Chunks whose tokens are remembered, some 1 KB each: those of queries and of titles that are shown.
TOKENS_KEPT = 1 << 15
#: Chunks whose terms are remembered, some 350 bytes each.
TERMS_KEPT = 1 << 18
#: With their places, as much each: those of the titles that searches rank, some hundreds at once.
PLACED_KEPT = 1 << 16


class Token(NamedTuple):
    """One word of a text. `start` and `end` are offsets into the original text.

    `terms` are all alternatives at this position: two tokens mean the same if they share one. `parts` are the
    terms of a compound's parts (USB-кабель, TN-2110): it is also met by something that has all parts. `extras`
    is what a document is also found by (the number of a measure, the parts of a code); a query does not use it.
    """

    text: str
    start: int
    end: int
    position: int
    terms: tuple[str, ...]
    kind: str
    parts: tuple[tuple[str, ...], ...] = ()
    extras: tuple[str, ...] = ()


class _Chunk(NamedTuple):
    """A chunk's tokens with offsets and positions from its own start, and what its neighbours need to know."""

    tokens: tuple[Token, ...]
    flat: tuple[str, ...]  # terms of all tokens, parts and extras, in order: what a document is found by
    positions: int
    opens: bool  # ends with a bare number: a unit or «x» may follow
    closes: bool  # begins with a unit or «x»: may belong to a number before
    glue: str  # short word or number that a neighbour may be written together with («ps 4»), else ''
    before: int  # as the left of two: 1 letters, 2 with digits, 0 never
    after: int  # as the right of two: joins a left of the same value; -1 never


_N = measures.NUMBER
_ALNUM = r"[^\W_]"
_SHORT_LATIN = "vwalgm"
# Units that end a code rather than measure it when glued behind a separator (HL-5000V) are not looked ahead for.
_SAFE_UNIT = "|".join(
    sorted((re.escape(u) for u in measures.UNITS if u not in _SHORT_LATIN), key=len, reverse=True)
)
_SCAN = re.compile(
    rf"""
    (?P<dims>(?<!{_ALNUM}){_N}(?:\s?[xх*]\s?{_N}){{1,3}}(?:\s?(?P<dims_unit>mm|cm|m|мм|см|м|"|in))?(?!{_ALNUM}))
  | (?P<measure>(?<![^\W_])(?P<value>{_N})\s?-?(?P<unit>{measures.UNIT})(?!{_ALNUM}))
  | (?P<number>(?<!{_ALNUM}){_N}(?![^\W_]|[-/._+&]{_ALNUM}))
  | (?P<word>{_ALNUM}+(?:(?:[-/._+'&]|\.-)(?!{_N}\s?(?:{_SAFE_UNIT})(?!{_ALNUM})){_ALNUM}+)*\+*)
    """,
    re.VERBOSE,
)
_SEPARATORS = re.compile(r"[-/._+&']+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_RUNS = re.compile(r"\d+|[^\W\d_]+")
_DIGIT = re.compile(r"\d")
#: What people set before a number or an article to say that it is one: №24/6, No. 10, N° 5, арт. 1234. A bare N is
#: taken away only where no model can be meant: N24/6, but N95 stays.
_NUMBERED = re.compile(
    rf"""(?<!{_ALNUM})(?:
        (?:n[oо]\.?|nr\.|n[.°º]|арт\.|артикул:?|art\.)(?=\s*\d|\s*$)
      | арт\.(?=\w) | n(?=\d+/\d)
    )""",
    re.VERBOSE,
)
_BARE = frozenset(["no", "nо", "артикул"])
_OPENS = re.compile(rf"(?:^|[^\w.,]){_N}(?:\s?[xх*]\s?{_N})*\s?[xх*]?$")
_CLOSES = re.compile(
    rf"^(?:(?:{'|'.join(sorted((re.escape(u) for u in measures.SPACED_UNITS), key=len, reverse=True))})(?!{_ALNUM})"
    rf"|000(?!\d)|[xх*]\s?(?:{_N}|$))"
)


#: A _Chunk with (position, terms) in place of its tokens, and nothing flat.
_Placed = tuple[tuple[tuple[int, tuple[str, ...]], ...], tuple[()], int, bool, bool, str, int, int]
_C = TypeVar("_C", _Chunk, _Placed)
#: Of a chunk: terms, opens, closes, glue, before, after; see _Chunk.
_Terms = tuple[tuple[str, ...], bool, bool, str, int, int]


def _analysed(chunk: str) -> _Chunk:
    folded, origin = _folded(chunk)
    tokens: list[Token] = []
    position = 0
    for found in _SCAN.finditer(folded):
        start, end = found.span()
        if end - start > LONGEST:
            end = start + LONGEST
        terms, parts, extras, kind = _meaning(found, folded[start:end])
        if origin is not None:
            start, end = origin[start], origin[end - 1] + 1
            # The marks that were folded into the last letter belong to it.
            while end < len(chunk) and end < origin[found.end()]:
                end += 1
            if tokens and start < tokens[-1].end:
                # One character that spells out several words: they stand at its place.
                last = tokens[-1]
                spelt = (*terms, *(term for part in parts for term in part), *extras)
                tokens[-1] = last._replace(extras=(*last.extras, *spelt), end=max(end, last.end))
                continue
        tokens.append(Token(chunk[start:end], start, end, position, terms, kind, parts, extras))
        position += max(1, len(parts))
    glue = ""
    if len(tokens) == 1 and tokens[0].kind in (WORD, NUMBER, CODE) and not tokens[0].parts:
        whole = fold_word(folded.strip(" .,;:()[]\"'!?"))
        if whole.isalnum() and len(whole) <= 8:
            glue = whole
    opens, closes = _OPENS.search(folded) is not None, _CLOSES.match(folded) is not None
    return _Chunk(tuple(tokens), _flat(tokens), position, opens, closes, glue, _before(glue), _after(glue))


def _flat(tokens: list[Token]) -> tuple[str, ...]:
    if len(tokens) == 1 and not tokens[0].parts and not tokens[0].extras:
        return tokens[0].terms  # the very tuple that the word's other chunks have, as a rule
    flat: dict[str, None] = {}
    for token in tokens:
        flat.update(dict.fromkeys(token.terms))
        for part in token.parts:
            flat.update(dict.fromkeys(part))
        flat.update(dict.fromkeys(token.extras))
    return tuple(flat)


def _terms_of(chunk: str) -> _Terms:
    _, flat, _, opens, closes, glue, before, after = _analysed(chunk)
    return flat, opens, closes, glue, before, after


def _placed_of(chunk: str) -> _Placed:
    """A chunk of the same shape, for which places and terms stand in the tokens' place."""
    tokens, _, positions, opens, closes, glue, before, after = _analysed(chunk)
    placed: list[tuple[int, tuple[str, ...]]] = []
    for token in tokens:
        placed.append((token.position, (*token.terms, *token.extras) if token.extras else token.terms))
        placed.extend((token.position + at, part) for at, part in enumerate(token.parts))
    return tuple(placed), (), positions, opens, closes, glue, before, after


chunks_kept: Remembered[_Chunk] = Remembered(_analysed, entries=TOKENS_KEPT)
placed_kept: Remembered[_Placed] = Remembered(_placed_of, entries=PLACED_KEPT)
terms_kept: Remembered[_Terms] = Remembered(_terms_of, entries=TERMS_KEPT)


def _folded(chunk: str) -> tuple[str, list[int] | None]:
    """`fold_with_origin`, with blanks where a sign says only that a number follows."""
    # NFKC would spell № out as letters.
    folded, origin = fold_with_origin(chunk.replace("№", " "))
    if folded not in _BARE:
        folded = _NUMBERED.sub(lambda found: " " * len(found.group()), folded)
    return folded, origin


def _before(glue: str) -> int:
    """«ps 4», «rtx 2060», «tn 2110» may be written as one; so may «3080 ti»."""
    if not glue or glue in STOP_WORDS:
        return 0
    return 1 if glue.isalpha() else 2


def _after(glue: str) -> int:
    if not glue:
        return -1
    if glue[0].isdigit():
        return 1
    return 2 if glue.isalpha() and len(glue) <= 3 and not is_cyrillic(glue) else -1


def _meaning(
    found: re.Match[str], text: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...], str]:
    """(terms, parts, extras, kind) of one match of the scanner."""
    if found["dims"] is not None:
        return (*_dimensions(text, found["dims_unit"]), MEASURE)
    if found["measure"] is not None:
        readings = measures.measures_of(found["value"], found["unit"])
        terms = tuple(dict.fromkeys(measure.term for measure in readings))
        return terms, (), (measures.normal_number(found["value"]),), MEASURE
    if found["number"] is not None:
        digits = measures.normal_number(text)
        if digits.isdigit() and len(digits) >= 8:
            # A GTIN is the same with and without its leading zeros.
            return (digits.lstrip("0") or digits,), (), (), CODE
        return (digits,), (), (), NUMBER
    return _word(text)


def _dimensions(
    text: str, unit: str | None
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    values = re.findall(_N, text)
    plain = "x".join(measures.normal_number(value) for value in values)
    terms = [plain]
    if unit:
        readings = [measures.measures_of(value, unit)[0] for value in values]
        terms.append("x".join(measures.number_text(each.value) for each in readings) + readings[0].unit)
    return tuple(terms), (), tuple(measures.normal_number(value) for value in values)


def _word(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...], str]:
    pieces = _SEPARATORS.split(text.rstrip("+"))
    if len(pieces) > 1 and "'" in text:
        # п'ять is one word; d'Alba and l'oreal too.
        pieces = [piece for piece in re.split(r"[-/._+&]+", text.rstrip("+")) if piece]
    if len(pieces) == 1:
        return _simple(pieces[0])
    pieces = [piece for piece in pieces if piece]
    if all(piece.isdigit() for piece in pieces):
        # 24/6, 10-15, 2.0.1: not the same as 246.
        whole = "/".join(pieces)
        # A document that has 24 somewhere and 6 elsewhere is none of them, so these are no parts.
        return (whole,), (), tuple(pieces), CODE
    folded = [fold_word(piece) for piece in pieces]
    joined = "".join(folded)
    parts = tuple(_simple(piece)[0] for piece in folded)
    if _DIGIT.search(joined):
        # One alphabet for the whole code, where it can be (ТК-3400).
        return (fold_word(joined),), parts, (), CODE
    # The last word carries the ending.
    terms = tuple("".join(folded[:-1]) + last for last in parts[-1])
    return terms, parts, (), WORD


def _simple(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...], str]:
    word = fold_word(text)
    if word in STOP_WORDS:
        return (word,), (), (), STOP
    if not _DIGIT.search(word):
        return word_terms(word), (), (), WORD
    if word.isdigit():
        return (word,), (), (), NUMBER
    runs = _RUNS.findall(word)
    extras: list[str] = []
    if len(runs) == 2 or (len(runs) == 3 and runs[0].isalpha()):
        # ps4 is also found by «ps 4», but not the other way round: «4» says too little.
        for run in runs:
            if run.isdigit():
                extras.append(run)
            elif len(run) >= 2:
                extras.extend(word_terms(run))
    return (word,), (), tuple(extras), CODE


def _prepared(text: str) -> tuple[str, list[int] | None]:
    if has_markup(text):
        return unescaped(without_markup(text))
    return text, None


def tokens(text: str) -> list[Token]:
    """The tokens of `text` in order; offsets are those of `text` as given."""
    origin = None
    if "<" in text or "&" in text:
        text, origin = _prepared(text)
    out: list[Token] = []
    add, new = out.append, tuple.__new__
    position = 0
    for start, chunk in _chunks(text, chunks_kept):
        for word, begin, end, place, terms, kind, parts, extras in chunk[0]:
            # Past the named constructor, which would take most of the time here.
            values = (word, start + begin, start + end, position + place, terms, kind, parts, extras)
            add(new(Token, values))
        position += chunk[2]
    if origin is not None:
        return [token._replace(start=origin[token.start], end=origin[token.end - 1] + 1) for token in out]
    return out


def _chunks(text: str, known: Remembered[_C]) -> list[tuple[int, _C]]:
    """Chunks with their starts; a number, its unit, and what is multiplied come as one."""
    out: list[tuple[int, _C]] = []
    add, find = out.append, text.index
    begun = at = 0
    held = False
    for raw in text.split():
        start = find(raw, at)
        end = start + len(raw)
        chunk = known[raw]
        if held and start - at == 1 and end - begun < LONGEST:
            if chunk[4] or (chunk[3] and _continues(text[begun:at])):
                chunk = known[text[begun:end]]
                out[-1] = (begun, chunk)
            else:
                begun = start
                add((start, chunk))
        else:
            begun = start
            add((start, chunk))
        held = chunk[3]
        at = end
    return out


def _continues(text: str) -> bool:
    """True for «1440 x»: the number that follows belongs to it."""
    return text[-1:] in "xXхХ*×" and len(text) > 1 and not text[-2].isalpha()


def document_terms(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """(position, terms) of what a document is found by: terms, parts at their places, extras, neighbours joined."""
    text, _ = _prepared(text)
    out: list[tuple[int, tuple[str, ...]]] = []
    position = before = 0
    previous = ""
    for _, (placed, _, positions, _, _, glue, left, right) in _chunks(text, placed_kept):
        out += [(position + at, terms) for at, terms in placed]
        if before == right:
            out.append((position - 1, (fold_word(previous + glue),)))
        previous, before = glue, left
        position += positions
    return out


def term_list(text: str) -> list[str]:
    """Terms of a document in order, repeated as the text repeats them."""
    if "<" in text or "&" in text:
        text, _ = _prepared(text)
    terms: list[str] = []
    known = terms_kept
    held = previous = ""
    before = 0
    for raw in text.split():
        flat, opens, closes, glue, left, right = known[raw]
        if held:
            if (closes or (opens and _continues(held))) and len(held) + len(raw) < LONGEST - 1:
                raw = f"{held} {raw}"  # noqa: PLW2901  the chunk grows
                flat, opens, _, glue, left, right = known[raw]
            else:
                # The number before stands alone.
                alone, _, _, number, number_left, number_right = known[held]
                terms += alone
                if before == number_right:
                    terms.append(fold_word(previous + number))
                previous, before = number, number_left
        if opens:
            held = raw
            continue
        held = ""
        terms += flat
        if before == right:
            terms.append(fold_word(previous + glue))
        previous, before = glue, left
    if held:
        alone, _, _, number, _, right = known[held]
        terms += alone
        if before == right:
            terms.append(fold_word(previous + number))
    return terms


def index_terms(text: str) -> list[str]:
    """Distinct terms of a document in order of first appearance."""
    return list(dict.fromkeys(term_list(text)))


def search_text(*texts: str) -> str:
    """Distinct terms of all texts, joined by blanks and bounded by one on each side: for a database column."""
    seen: dict[str, None] = {}
    for text in texts:
        if text:
            seen.update(dict.fromkeys(index_terms(text)))
    return f" {' '.join(term.replace(' ', '') for term in seen)} " if seen else ""


def normalize_code(text: str) -> str:
    """An article, MPN or GTIN as compared: folded, one alphabet, letters and digits only."""
    folded = fold_characters(text.replace("№", " "))
    return fold_word(folded if folded.isalnum() else "".join(_LETTER_OR_DIGIT.findall(folded)))
