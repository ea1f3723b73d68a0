"""Entities of HTML as the characters that they stand for: whole ones only, for “&notes;” is no “¬es;”."""

from __future__ import annotations

import html
import re
from html.entities import html5

_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp);?|&([a-zA-Z][a-zA-Z0-9]{1,31}(?:;|(?![\w;])))"
)


def resolved(text: str) -> str:
    """Names that are none stay as they are; `html.unescape` takes their beginning for an older one."""
    return _ENTITY.sub(_meant, text) if "&" in text else text


def _meant(found: re.Match[str]) -> str:
    return html.unescape(found[0]) if found[1] is None or found[1] in html5 else found[0]
