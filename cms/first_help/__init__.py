"""The help articles that an installation starts with, a file for each language. Operators edit them in Wagtail afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TITLES: Final = {"uk": "Допомога", "ru": "Помощь", "en": "Help"}
LEADS: Final = {
    "uk": "Як шукати, запитувати, продавати й домовлятися в ряду.",
    "ru": "Как искать, запрашивать, продавать и договариваться в ряду.",
    "en": "How to search, request, sell and agree in the row.",
}
_ARTICLE: Final = re.compile(
    r'<article id="(?P<slug>[a-z-]+)" for="(?P<audience>[a-z]+)">\s*<h1>(?P<title>.+?)</h1>\s*'
    r"<lead>(?P<lead>.+?)</lead>(?P<text>.+?)</article>",
    re.DOTALL,
)
_HEADING: Final = re.compile(r"<h2>(.+?)</h2>")


@dataclass(frozen=True, slots=True)
class FirstArticle:
    slug: str
    audience: str
    title: str
    lead: str
    body: list[tuple[str, Any]]


def articles(language: str) -> list[FirstArticle]:
    """In the order of the file, which is that of the help centre."""
    text = (Path(__file__).parent / f"{language}.html").read_text(encoding="utf-8")
    return [
        FirstArticle(found["slug"], found["audience"], found["title"], found["lead"], _blocks(found["text"]))
        for found in _ARTICLE.finditer(text)
    ]


def _blocks(text: str) -> list[tuple[str, Any]]:
    """Headings and what stands between them, as blocks."""
    parts = _HEADING.split(text)
    blocks: list[tuple[str, Any]] = []
    for number, part in enumerate(parts):
        if part.strip():
            blocks.append(("heading", part.strip()) if number % 2 else ("text", part.strip()))
    return blocks
