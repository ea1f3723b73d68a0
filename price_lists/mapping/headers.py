"""How much a row of a sheet looks like the header of a table of goods."""

from __future__ import annotations

from price_lists.mapping.model import Field
from price_lists.mapping.vocabulary import meaning_of, plain

_NAMES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN)


def header_score(cells: tuple[str, ...]) -> float:
    """How much a row looks like a header: known words for different fields, no figures."""
    seen: set[str] = set()
    score = 0.0
    for cell in cells:
        text = cell.strip()
        if not text:
            continue
        if len(text) > 100:
            score -= 0.7
            continue
        meaning = meaning_of(text)
        if meaning is None or not plain(text):
            score -= (
                0.5
                if any(char.isdigit() for char in text) and not any(char.isalpha() for char in text)
                else 0.05
            )
            continue
        group = "name" if meaning.field in _NAMES else f"{meaning.field}{meaning.kind}"
        score += meaning.weight * (0.15 if group in seen else 1.0)
        seen.add(group)
    goods = {"name", "description", "article", "articlecode", "mpnmodel"} & seen
    prices = {group for group in seen if group.startswith(("price", "discount_price"))}
    if not prices and not goods:
        return 0.0
    return score + (0.5 if goods and prices else -0.6)
