"""Addresses of companies: their names in Latin letters (Cabinet of Ministers resolution 55 of 2010, simplified)."""

from __future__ import annotations

from django.utils.text import slugify

#: The first parts of other addresses below /desk/ and /vendors/.
RESERVED = frozenset({"apply", "invitations", "new", "admin", "operators", "search"})

_LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
        "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
        "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ь": "", "ю": "iu", "я": "ia", "ы": "y", "э": "e", "ё": "e", "ъ": "", "’": "", "'": "", "ʼ": "", "`": "",
    }
)  # fmt: skip


def slug_of(name: str) -> str:
    """The name as a slug of at most 50 characters; "vendor" where nothing of it can be written."""
    return slugify(name.lower().translate(_LETTERS))[:50].strip("-") or "vendor"
