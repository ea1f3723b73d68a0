"""What looks like a person's own in words of a search: an e-mail address, or nine digits in whatever grouping.

static/js/suggestions.js has the same pattern for what a device remembers; a test compares them.
"""

from __future__ import annotations

import re
from typing import Final

PATTERN: Final = r"@|\d(?:[\s()+.\/\u2010-\u2015-]*\d){8}"
_PERSONAL = re.compile(PATTERN)


def looks_personal(words: str) -> bool:
    return bool(_PERSONAL.search(words))
