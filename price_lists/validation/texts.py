"""Cleaning of names, descriptions, links and languages: as little as possible, never to the worse."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3

from core.text.entities import resolved

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile(
    r"[^\s&\x00-\x1f\x7f-\xa0\u2000-\u20ff\ud800-\uffff]+(?: [^\s&\x00-\x1f\x7f-\xa0\u2000-\u20ff\ud800-\uffff]+)*\Z"
)
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z][^<>]*>")
_URL = re.compile(r"https?://[^\s<>\"']+\Z", re.IGNORECASE)
_ONE_URL = re.compile(r"https?://[^\s<>\"',;|]+\Z", re.IGNORECASE)
_BARE_URL = re.compile(r"(?:www\.)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+/[^\s<>\"']*\Z", re.IGNORECASE)
_SPLIT_URLS = re.compile(r"[\s;|]+|,(?=\s*(?:https?:)?//)|,\s+", re.IGNORECASE)
_UK_ONLY = re.compile("[іїєґІЇЄҐ]")
_RU_ONLY = re.compile("[ыэъёЫЭЪЁ]")
_CYRILLIC = re.compile("[а-яА-ЯіїєґІЇЄҐёЁ]")

_TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "h2",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "sub",
    "sup",
    "blockquote",
    "div",
    "span",
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    clean_content_tags={"script", "style", "iframe", "object", "form", "svg", "math"},
    link_rel=None,
)
DESCRIPTION_LIMIT = 50_000
NO_CODE = frozenset(
    {"-", "–", "—", "--", "0", "б/н", "бн", "нет", "немає", "n/a", "none", "null", "?", "x", "х"}
)


#: A whole word of question marks; behind a word they are a call.
_LOST = re.compile(r"(?<!\S)\?{4,}(?![^\s\-/.,()])")


def letters_lost(name: str) -> bool:
    """Whether a program that could not write its letters put question marks in their place."""
    return _LOST.search(name) is not None


def clean_line(text: str) -> str:
    """One line of text: entities resolved, control characters out, spaces folded."""
    if _PLAIN.match(text):
        return text
    if "&" in text:
        text = resolved(text)
    return _SPACE.sub(" ", _CONTROL.sub("", text.replace("\n", " ").replace("\r", " "))).strip()


@lru_cache(maxsize=4096)
def clean_word(text: str) -> str:
    """As `clean_line`, for columns that say the same again and again (brands, countries, groups)."""
    return clean_line(text)


@lru_cache(maxsize=4096)
def clean_title(text: str) -> str:
    """A good's name: a clean line without tags, otherwise as the vendor wrote it."""
    line = clean_line(text)
    if "<" in line:
        line = _SPACE.sub(" ", _TAG.sub(" ", line)).strip()
    return line


@lru_cache(maxsize=1024)
def clean_description(text: str) -> str:
    """Harmless HTML (or plain text as it was), at most 50,000 characters."""
    text = _CONTROL.sub("", text).strip()[:DESCRIPTION_LIMIT]
    if "<" not in text and "&" not in text:
        return text
    if "&lt;" in text and "<" not in text:  # escaped once too often
        text = resolved(text)
    if not _TAG.search(text):
        return resolved(text) if "&" in text else text
    return _CLEANER.clean(text).strip()


def parse_urls(text: str) -> tuple[list[str], list[str]]:
    """The web addresses in a cell, whatever parts them, and the pieces that are none."""
    if _ONE_URL.match(text) and len(text) <= 2000:
        return [text], []
    taken: list[str] = []
    refused: list[str] = []
    for piece in _SPLIT_URLS.split(text.strip()):
        url = piece.strip(" ,;\"'")
        if not url:
            continue
        if url.startswith("//"):
            url = "https:" + url
        if len(url) <= 2000 and _URL.match(url):
            taken.append(url)
        elif len(url) <= 2000 and _BARE_URL.match(url):
            taken.append("https://" + url)
        else:
            refused.append(url)
    return list(dict.fromkeys(taken)), refused


def language_of(text: str) -> str:
    """Uk or ru where letters prove it, en where no Cyrillic is there, else "" (undecided)."""
    uk, ru = bool(_UK_ONLY.search(text)), bool(_RU_ONLY.search(text))
    if uk != ru:
        return "uk" if uk else "ru"
    return "" if uk or _CYRILLIC.search(text) else "en"


def clean_code(text: str) -> str:
    """An article or identifier as the vendor means it; empty for "б/н", dashes and their like."""
    code = clean_line(text)
    if len(code) < 5 and code.lower() in NO_CODE:
        return ""
    if code.endswith(".0") and code[:-2].isdigit():  # a number that a program wrote as a fraction
        code = code[:-2]
    return code[:200]
