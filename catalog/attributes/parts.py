"""Parts of goods with a colour or a material of their own: what is said of a lid is not said of the pot. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final

from catalog.attributes.signs import ADJECTIVE, APART
from core.text.tokens import WORD, Token

_PART: Final = re.compile(r"(?:кришк|крышк|чохо?л|чехо?л|ковпач|колпач|футляр)[^\W\d_]*\Z", re.IGNORECASE)
#: «З синьою кришкою біла»: what follows is of the good again.
_TAKEN: Final = re.compile(r"(?:ою|ой|ом|ами)\Z", re.IGNORECASE)
#: What a good looks like; but a pen is told by its ink.
_BODY: Final = re.compile(r"корпус[^\W\d_]*\Z", re.IGNORECASE)
_WRITES: Final = re.compile(
    r"(?:ручк[аи]|ручок|ручек|маркер|лайнер|фломастер|текст[оы]в[иы]д|рол+ер|ол[іи]в[еец]|карандаш)",
    re.IGNORECASE,
)
_IN_HEADING: Final = re.compile(r"кришк|крышк|чохо?л|чехо?л|ковпач|колпач|футляр|корпус", re.IGNORECASE)


def is_of_a_part(title: str, tokens: Sequence[Token], first: int, last: int, choices: Container[str]) -> bool:
    """Whether these tokens say what the lid or the case is like («кришка синя», «синя кришка»), or the body of a pen; not
    where that is the good itself. `choices`: terms that begin what can be chosen.
    """
    before = first - 1
    if (
        _is_part(tokens, before)
        and not _TAKEN.search(tokens[before].text)
        and not _apart(title, tokens, before)
    ):
        return True
    if not _is_part(tokens, last + 1) or _apart(title, tokens, last):
        return False
    # «прозорий кришка синя»: the part has a word of its own behind it.
    behind = tokens[last + 2] if last + 2 < len(tokens) else None
    has_own = behind is not None and any(term in choices for term in behind.terms)
    return not has_own or _apart(title, tokens, last + 1)


def names_a_part(heading: str) -> bool:
    return _IN_HEADING.search(heading) is not None


def _is_part(tokens: Sequence[Token], at: int) -> bool:
    if not 0 <= at < len(tokens):
        return False
    word = tokens[at].text
    if _PART.match(word):
        return any(_is_noun(each) for each in tokens[:at])
    return _BODY.match(word) is not None and any(_WRITES.match(each.text) for each in tokens[:3])


def _is_noun(token: Token) -> bool:
    """A word that may be what the good is: makers and models are mostly Latin."""
    word = token.text.lower()
    return token.kind == WORD and len(word) > 2 and not word.isascii() and not ADJECTIVE.search(word)


def _apart(title: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether the next word is in the next clause."""
    return APART.search(title[tokens[at].end : tokens[at + 1].start]) is not None
