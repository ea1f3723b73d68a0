"""What the index knows of words that are being typed: how they go on, and which goods they point to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from core import text
from core.text.remembering import Remembered
from core.text.tokens import STOP, Token
from search.analysis import query_words, whole_code
from search.engines.base import Candidate, EngineQuery, Filters, QueryWord, SearchEngine
from search.suggesting.keys import Typed

#: Of an index, the best that are looked at for how words go on together; a page shows far fewer.
LOOKED_AT = 32
#: Ways in which a beginning may go on that are searched for at once, and their terms.
MOST_ENDINGS, MOST_TERMS = 5, 12
#: Letters of a lone beginning from which goods are searched for at all.
SEARCHED_FROM = 3
_WORD_FROM = 3
_SAME_LETTERS = 3  # of two forms of one word of one language
_BEHIND = 3  # what stands right behind the words before is worth so many that stand elsewhere


#: Words of titles come again and again.
_folded: Remembered[str] = Remembered(text.fold, entries=1 << 15)


@dataclass(slots=True)
class Found:
    """`total` offers, the best of them as candidates: those alone whose names have all of the words. `endings` are
    the words with which the beginning of `typed` goes on, likeliest first.
    """

    typed: Typed
    total: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)
    titles: dict[int, list[Token]] = field(default_factory=dict)
    by_code: bool = False


def found(engine: SearchEngine, typed: Typed, filters: Filters) -> Found:
    """Asks the engine twice, and once more for each word that only it knows."""
    start = text.fold(typed.start)
    endings = [word for word, _ in engine.completions(start, limit=MOST_ENDINGS * 2)] if start else []
    endings = one_of_each(endings)[:MOST_ENDINGS]
    head = query_words(typed.head)
    code = whole_code(typed.text, query_words(typed.text))
    if not head and not code and endings and len(start) < SEARCHED_FROM:
        return Found(typed, endings=_visible(engine, endings, filters))
    words = head if not start else (*head, _any_of(start, endings))
    out = _searched(engine, typed, words, code, filters)
    if start and out.candidates:
        out.endings = _endings(engine, out, start, endings, filters)
    if not out.candidates and (figures := typed.with_figures()) is not None:
        out = _searched(engine, figures, query_words(figures.head), "", filters)
        begun = text.fold(figures.start)
        forms = _forms(out, lambda folded: folded.startswith(begun))
        out.endings = _most(forms)
        # What has only the words before is no good of these words.
        out.candidates = []
    return out


def _searched(
    engine: SearchEngine, typed: Typed, words: tuple[QueryWord, ...], code: str, filters: Filters
) -> Found:
    answer = engine.search(
        EngineQuery(words=words, code=code, filters=filters, limit=LOOKED_AT, with_facets=False)
    )
    out = Found(typed, total=answer.total)
    places: dict[int, int] = {}
    for candidate in answer.candidates:
        tokens = text.tokens(f"{candidate.title} {candidate.brand}")
        has_code = bool(code) and code in candidate.codes
        if has_code or (words and _names(tokens, words)):
            out.by_code = out.by_code or has_code
            out.candidates.append(candidate)
            out.titles[candidate.id] = tokens
            places[candidate.id] = _place(tokens, words)
    # A stapler before what is for staplers: names that begin with the first word.
    out.candidates.sort(key=lambda each: places[each.id] > 0)
    return out


def _place(tokens: Sequence[Token], words: Sequence[QueryWord]) -> int:
    wanted = set(words[0].terms) if words else set()
    return next((place for place, token in enumerate(tokens) if not wanted.isdisjoint(token.terms)), 99)


def _any_of(start: str, endings: Sequence[str]) -> QueryWord:
    terms = [term for each in (start, *endings) for word in query_words(each)[:1] for term in word.terms]
    return QueryWord(start, tuple(dict.fromkeys(terms))[:MOST_TERMS])


def one_of_each(words: Sequence[str]) -> list[str]:
    """The first form of each word: ручка stands for ручки, and for what it is called in the other language."""
    kept: list[str] = []
    seen: set[str] = set()
    for word in words:
        terms = {term for each in query_words(word) for term in each.terms}
        if terms and seen.isdisjoint(terms):
            kept.append(word)
        seen |= terms
    return kept


def _forms(out: Found, is_wanted: Callable[[str], bool]) -> dict[str, Counter[str]]:
    """Words of the found names by their folded form, each as names spell it and how often; those right behind the
    words that are typed already count more.
    """
    head = [set(word.terms) for word in query_words(out.typed.head)]
    spelt: dict[str, Counter[str]] = {}
    for tokens in out.titles.values():
        said: set[str] = set()
        behind = False
        for token in tokens:
            folded = _folded[token.text]
            if is_wanted(folded) and folded not in said:
                said.add(folded)
                spelt.setdefault(folded, Counter())[token.text.lower()] += _BEHIND if behind else 1
            behind = any(not terms.isdisjoint(token.terms) for terms in head)
    return spelt


def _most(spelt: dict[str, Counter[str]]) -> list[str]:
    """The usual spelling of each word, the commonest word first."""
    often = sorted(spelt, key=lambda folded: (-spelt[folded].total(), folded))
    return [_usual(spelt[folded]) for folded in one_of_each(often)[:MOST_ENDINGS]]


def _usual(forms: Counter[str]) -> str:
    return min(forms, key=lambda form: (-forms[form], form))


def _endings(
    engine: SearchEngine, out: Found, start: str, endings: Sequence[str], filters: Filters
) -> list[str]:
    """Words that really stand with the others: those of the found names. A lone beginning goes on as in the whole
    catalogue.
    """
    spelt = _forms(
        out,
        lambda folded: len(folded) >= _WORD_FROM and folded.startswith(start) and folded.isalpha(),
    )
    if out.typed.head:
        return _most(spelt)
    unseen = [each for each in endings if each not in spelt]
    shown = {*spelt, *_visible(engine, unseen, filters)}
    often = sorted(spelt, key=lambda folded: (-spelt[folded].total(), folded))
    told = [each for each in one_of_each([*endings, *often]) if each in shown]
    return [_usual(spelt[each]) if each in spelt else each for each in told[:MOST_ENDINGS]]


def _visible(engine: SearchEngine, words: Sequence[str], filters: Filters) -> list[str]:
    """Those of the words that offers have which may be shown: the index counts those of suspended vendors, too."""
    shown = []
    for word in words:
        asked = EngineQuery(words=query_words(word)[:1], filters=filters, limit=1, with_facets=False)
        if asked.words and engine.search(asked).total:
            shown.append(word)
    return shown


def _names(tokens: Sequence[Token], words: Sequence[QueryWord]) -> bool:
    """Whether a name has all of the words; what only a description tells suggests nothing."""
    terms = {term for token in tokens for term in (*token.terms, *token.extras)}
    terms |= {term for token in tokens for part in token.parts for term in part}
    return all(
        not terms.isdisjoint(word.terms)
        or (bool(word.parts) and all(not terms.isdisjoint(part) for part in word.parts))
        for word in words
    )


def going_on(out: Found, words: str, *, limit: int) -> Iterator[str]:
    """The words with one more that follows them in several of the found names: ручка → ручка кулькова."""
    wanted = query_words(words)
    if not wanted:
        return
    last = text.fold(wanted[-1].text)[:_SAME_LETTERS]
    spelt: dict[str, Counter[str]] = {}
    for tokens in out.titles.values():
        follower = _follower(tokens, wanted, last)
        if follower is not None:
            spelt.setdefault(text.fold(follower.text), Counter())[follower.text.lower()] += 1
    several = {folded: forms for folded, forms in spelt.items() if forms.total() > 1}
    for follower_text in _most(several)[:limit]:
        yield f"{words} {follower_text}"


def _follower(tokens: Sequence[Token], wanted: Sequence[QueryWord], last: str) -> Token | None:
    """The plain word right behind the last of the wanted ones, where the name has it in the same language."""
    for place, token in enumerate(tokens[:-1]):
        if set(token.terms).isdisjoint(wanted[-1].terms) or not _folded[token.text].startswith(last):
            continue
        follower = tokens[place + 1]
        is_plain = follower.kind != STOP and follower.text.isalpha() and len(follower.text) >= _WORD_FROM
        known = {term for word in wanted for term in word.terms}
        return follower if is_plain and known.isdisjoint(follower.terms) else None
    return None
