"""The icons the pages use: their names and the sprite that is put together from the icon package.

The package's licence notice travels with the sprite; the drawings themselves are never committed.
"""

from __future__ import annotations

import re
from pathlib import Path

#: Names of Tabler's outline set. A name outside this list is an error when a template draws it.
_NAMES = """
adjustments-horizontal alert-circle alert-triangle armchair arrow-back-up arrow-down arrow-left arrow-right
arrow-up arrows-sort award ban barcode basket bell bolt bookmark briefcase building building-store bulb
calendar cash category chart-bar check chevron-down chevron-left chevron-right chevron-up circle-check
circle-dashed circle-plus circle-x clipboard-check clipboard-list clock cloud-upload code coffee coin
columns copy device-desktop device-laptop device-mobile dots download edit external-link eye eye-off
file-alert file-export file-import file-spreadsheet file-text filter fingerprint flag gavel git-compare hash
headphones heart help history home hourglass inbox inbox-off info-circle key language layout-grid link list
list-details loader-2 lock lock-open login logout mail map-pin menu-2 message message-circle messages minus
mood-empty moon note package packages paint paperclip pencil phone photo photo-off pin player-pause plug
plus printer question-mark refresh robot rosette-discount-check rotate ruler-2 scale scissors search
search-off selector send settings share shield-lock shopping-cart sort-ascending sort-descending sparkles
square-check star sun table tag tags tool tools trash trending-down trending-up trophy truck upload user
user-check user-circle user-plus users world x zoom-cancel
"""
ICONS = tuple(sorted(_NAMES.split()))

_SPACE = re.compile(r">\s+<")


def build_sprite(source: Path, names: tuple[str, ...] = ICONS) -> str:
    """One SVG document with a `<symbol>` per name, from the package's folder `source` of single drawings."""
    symbols = []
    for name in names:
        drawing = (source / f"{name}.svg").read_text(encoding="utf-8")
        body = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")].strip()
        body = body.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{_SPACE.sub("><", body).strip()}</symbol>')
    notice = "<!-- Tabler Icons, MIT licence, https://tabler.io/icons -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{notice}{"".join(symbols)}</svg>\n'
