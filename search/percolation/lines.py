"""A stored query's words as required terms: what an offer must have to meet it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core import text
from core.text.heads import HEAD, NOT, Heads, heads, naming, offered_heads
from core.text.tokens import NUMBER, STOP, Token
from search.percolation.types import OfferDocument

# Words that people write into lists and that name no property of the good.
_NOISE = frozenset(
    term
    for word in (
        *(
            "потрібно",
            "треба",
            "потрібен",
            "потрібна",
            "купити",
            "куплю",
            "прошу",
            "будь",
            "ласка",
            "шукаю",
            "терміново",
        ),
        *(
            "нужно",
            "нужен",
            "нужна",
            "надо",
            "купить",
            "пожалуйста",
            "срочно",
            "ищу",
            "требуется",
            "любой",
            "любая",
        ),
        *(
            "будь-який",
            "будь-яка",
            "ціна",
            "цена",
            "недорого",
            "дешево",
            "приблизно",
            "примерно",
            "бажано",
            "желательно",
        ),
        *(
            "або аналог",
            "аналог",
            "або",
            "или",
            "тощо",
            "please",
            "need",
            "buy",
            "cheap",
            "any",
            "або подібне",
        ),
    )
    for token in text.tokens(word)
    for term in token.terms
)
#: So many figures of a code are a name by which somebody may ask for the good.
_FIGURES = 3
_LEADING_NUMBER = re.compile(r"^\s*(?:№\s*)?\d{1,3}\s*[.)]\s+")


@dataclass(frozen=True, slots=True)
class Need:
    """One required word: met by one of `terms`, or by a term of each of `parts`."""

    terms: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...] = ()

    def met_by(self, terms: frozenset[str]) -> bool:
        if not terms.isdisjoint(self.terms):
            return True
        return bool(self.parts) and all(not terms.isdisjoint(part) for part in self.parts)


@lru_cache(maxsize=1 << 17)
def needs(query: str) -> tuple[Need, ...]:
    """What an offer must have, all of it. () for a query that says nothing: it meets no offer.

    Stop words and words of asking are left out, and a list's own numbering; what remains is required, whatever
    it is: a line that asks for A4 is not met by A3. Operators' synonyms are not among what meets it: whether a pair is
    one must not hang on which of the two came first and on the synonyms of that day.
    """
    tokens = text.tokens(_LEADING_NUMBER.sub("", query))
    told = [token for token in tokens if token.kind != STOP and not _is_noise(token)]
    if all(token.kind == NUMBER for token in told):
        told = [token for token in tokens if token.kind != STOP] if len(tokens) == len(told) else []
    return tuple(dict.fromkeys(Need(token.terms, token.parts) for token in told))


@lru_cache(maxsize=1 << 17)
def wanted_heads(query: str) -> Heads:
    """What a query asks for, apart from what that is for."""
    return heads(_LEADING_NUMBER.sub("", query), _NOISE)


def named(wanted: Heads, titles: tuple[str, ...], brand: str) -> float:
    """Whether one of an offer's titles is what is wanted: 1, half by a second name, 0 where all only mention it."""
    best = NOT
    for title in titles:
        best = max(best, naming(wanted, title_heads(title, brand)))
        if best == HEAD:
            return best
    return HEAD if is_makers(wanted, brand) else best


def is_makers(wanted: Heads, brand: str) -> bool:
    """Asked for by its maker: «Fairy» is a liquid for dishes."""
    return not wanted.own and not wanted.latin.isdisjoint(_brand_terms(brand))


def title_heads(title: str, brand: str) -> Heads:
    """What one title of an offer names."""
    return offered_heads(title, _brand_terms(brand))


def titles_of(offer: OfferDocument) -> tuple[str, ...]:
    return offer.titles or tuple(offer.text.split("\n"))


@lru_cache(maxsize=1 << 12)
def _brand_terms(brand: str) -> frozenset[str]:
    return frozenset(text.index_terms(brand))


def _is_noise(token: Token) -> bool:
    return not _NOISE.isdisjoint(token.terms) and not token.parts


@lru_cache(maxsize=1 << 17)
def text_terms(described: str) -> tuple[str, ...]:
    """The terms of each line by itself: what ends a title and what begins the brand are no word together."""
    if "\n" not in described:
        return tuple(text.index_terms(described))
    return tuple(
        dict.fromkeys(term for line in described.split("\n") if line for term in text.index_terms(line))
    )


def code_terms(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Codes as one term each (GTINs without leading zeros), and their parts as the analysis reads them in a text.

    A part stands in the code as it is: a code tells no measures. One or two figures of a code mean nothing.
    """
    found: dict[str, None] = {}
    for code in codes:
        if code:
            normal = text.normalize_code(code)
            found[normal.lstrip("0") if normal.isdigit() and len(normal) >= 8 else normal] = None
            for term in text.index_terms(code):
                if term in normal and not is_short_figure(term):
                    found[term] = None
    return tuple(found)


def is_short_figure(term: str) -> bool:
    return len(term) < _FIGURES and term.isdigit()
