"""Facts for machines (JSON-LD) written into a page as data that no browser runs. What they say, rooms tell."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: What could end the element or start another one, and what older scripts take for ends of lines.
_ESCAPES: Final = {ord(char): f"\\u{ord(char):04X}" for char in "<>&\u2028\u2029"}


def as_script(node: dict[str, Any]) -> SafeString:
    """A data block: browsers never run it, so the content policy lets it stand, and no text ends it early."""
    written = json.dumps({"@context": "https://schema.org"} | node, ensure_ascii=False, separators=(",", ":"))
    # Lone halves of characters come from broken files, and no page can be written with them.
    written = written.encode(errors="replace").decode().translate(_ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(written),  # noqa: S308 - every character that means something to HTML was escaped above
    )
