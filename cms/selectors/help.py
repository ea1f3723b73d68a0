"""Finding help: articles by the reader's words in any of the three languages, and what else they may want to read.

A help centre has some dozens of articles, so all of them are analysed once and kept; words are what the search of goods
takes for words (`core.text`), so that forms, languages and alphabets meet here as they do there.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from wagtail.models import Page

from cms.models import Audience, HelpPage, HelpVotes
from core.text import term_list, tokens
from core.text.tokens import STOP

MOST_WORDS: Final = 200
_KEY: Final = "cms.help"
_SECONDS: Final = 300
#: A word in a title says more of an article than one in its text.
_TITLE, _LEAD, _TEXT = 5.0, 2.0, 1.0
#: Of the weight of the words that were asked for, an article must have so much.
_ENOUGH: Final = 0.5
_MOST_FOUND: Final = 10


@dataclass(frozen=True, slots=True)
class Article:
    """An article as lists show it. `language` is not the reader's where it is not translated."""

    pk: int
    title: str
    lead: str
    url: str
    audience: str
    language: str


@dataclass(slots=True)
class _Entry:
    """All languages of one article together: a question in one finds it for a reader of another."""

    articles: dict[str, Article] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def for_reader(self, language: str) -> Article | None:
        return self.articles.get(language) or self.articles.get(settings.LANGUAGE_CODE)


def forget() -> None:
    """An article was published, moved or taken away."""
    cache.delete(_KEY)


def found_articles(words: str, *, language: str, count: int = _MOST_FOUND) -> list[Article]:
    """Articles that say most of what was asked for, the best first. Empty where none does."""
    asked = [set(token.terms) for token in tokens(words[:MOST_WORDS]) if token.kind != STOP]
    entries = _entries()
    if not asked or not entries:
        return []
    spread = Counter(term for entry in entries for term in entry.weights)
    worth = [
        _worth(min((spread[term] for term in terms if spread[term]), default=0), len(entries))
        for terms in asked
    ]
    scored = []
    for entry in entries:
        here = [max((entry.weights.get(term, 0.0) for term in terms), default=0.0) for terms in asked]
        has = sum(weight for weight, found in zip(worth, here, strict=True) if found)
        article = entry.for_reader(language)
        if article is not None and has >= _ENOUGH * sum(worth):
            score = sum(weight * found / (found + _TITLE) for weight, found in zip(worth, here, strict=True))
            scored.append((-score, article.title, article))
    return [article for _score, _title, article in sorted(scored, key=lambda each: each[:2])[:count]]


def _worth(spread: int, number: int) -> float:
    """How much a word tells: most where few articles have it. One that none has is asked for in earnest, too."""
    return math.log(1 + (number - spread + 0.5) / (spread + 0.5))


def _entries() -> list[_Entry]:
    found: list[_Entry] | None = cache.get(_KEY)
    if found is None:
        found = _read()
        with suppress(OSError):  # a full disk
            cache.set(_KEY, found, _SECONDS)
    return found


def _read() -> list[_Entry]:
    entries: dict[Any, _Entry] = defaultdict(_Entry)
    for page in HelpPage.objects.live().public().select_related("locale").order_by("path"):
        entry, language = entries[page.translation_key], page.locale.language_code
        entry.articles[language] = Article(
            page.pk, page.title, page.lead, page.url or "", page.audience, language
        )
        _add(entry, page.title, _TITLE)
        _add(entry, page.lead, _LEAD)
        for text in page.body.stream_block.get_searchable_content(page.body):
            _add(entry, str(text), _TEXT)
    for entry in entries.values():
        entry.weights = dict(entry.weights)  # a plain dictionary goes into the cache
    return list(entries.values())


def _add(entry: _Entry, text: str, weight: float) -> None:
    for term in term_list(text):
        entry.weights[term] += weight


def sections_of(index: Page) -> list[tuple[str, list[Article]]]:
    """Articles by whom they are for, each in the operators' order; without those that are for nobody."""
    language = index.locale.language_code
    rows: dict[str, list[Article]] = defaultdict(list)
    for entry in _entries():
        article = entry.for_reader(language)
        if article is not None:
            rows[article.audience].append(article)
    return [(str(Audience(each).label), rows[each]) for each in Audience.values if rows[each]]


def beside(page: HelpPage, count: int = 3) -> list[Article]:
    """What is nearest to an article, by its title."""
    own = {page.pk, *page.get_translations().values_list("pk", flat=True)}
    language = page.locale.language_code
    near = found_articles(page.title, language=language, count=count + 1)
    same = [
        article
        for entry in _entries()
        if (article := entry.for_reader(language)) is not None and article.audience == page.audience
    ]
    others = {article.pk: article for article in [*near, *same] if article.pk not in own}
    return list(others.values())[:count]


@dataclass(frozen=True, slots=True)
class Usefulness:
    page: HelpPage
    yes: int
    no: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.yes / (self.yes + self.no)) if self.yes + self.no else None


def usefulness() -> list[Usefulness]:
    """Every article with its counts, those that helped least first; those that nobody judged last."""
    votes = {row.page_id: row for row in HelpVotes.objects.all()}
    rows = [
        Usefulness(
            page, votes[page.pk].yes if page.pk in votes else 0, votes[page.pk].no if page.pk in votes else 0
        )
        for page in HelpPage.objects.select_related("locale").order_by("title", "pk")
    ]
    return sorted(rows, key=lambda row: (row.percent is None, row.percent or 0, -row.no))
