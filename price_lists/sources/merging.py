"""One offer of what several full sources say of it: each field from the first source that tells it. No database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, NamedTuple

from catalog.enums import Availability

#: What stands on its own among the texts. Title and unit go with others, see below.
_FIELDS: Final = ("brand", "maker", "country", "article", "mpn", "gtin", "url", "photos", "videos")


class Word(NamedTuple):
    """What one source last said of an offer: a draft as JSON, and when it changed each part."""

    source_id: int
    data: dict[str, Any]
    link_id: int | None
    price_at: dt.datetime
    stock_at: dt.datetime
    text_at: dt.datetime
    is_quiet: bool = False  # how it stood when its offer was worked out last


class Standing(NamedTuple):
    """How a source stands among those of its vendor. One that was not confirmed for long stands behind the others with
    prices and stock, which grow old; names and photos do not.
    """

    precedence: int
    is_fresh: bool


def merged(words: Sequence[Word], standing: dict[int, Standing]) -> dict[str, Any]:
    """The draft that holds: by precedence, among equals the newer change of that part.

    A price is taken whole, with its currency, VAT and further prices, and the unit that it is for. A title brings its
    languages along; a description, photos or a code come from the next source where the first tells none. Attributes of
    all are there, each by the first that tells it.
    """
    texts = sorted(words, key=_order(standing, "text_at", by_age=False), reverse=True)
    text = dict(texts[0].data["text"])
    for name in _FIELDS:
        text[name] = next((value for word in texts if (value := word.data["text"].get(name))), text.get(name))
    text["texts"] = _described(texts)
    text["attributes"] = {
        name: value for word in reversed(texts) for name, value in word.data["text"]["attributes"].items()
    }
    priced, stocked = (word.data for word in telling(words, standing))
    text["unit"], text["pack_count"] = priced["text"]["unit"], priced["text"]["pack_count"]
    return {"text": text, "price": priced["price"], "stock": stocked["stock"]}


def telling(words: Sequence[Word], standing: dict[int, Standing]) -> tuple[Word, Word]:
    """The words whose price and whose stock hold."""
    stocks = [word for word in words if _tells_stock(word)] or words
    return (
        max(words, key=_order(standing, "price_at", by_age=True)),
        max(stocks, key=_order(standing, "stock_at", by_age=True)),
    )


def leads(source_id: int, words: Sequence[Word], standing: dict[int, Standing]) -> bool:
    """Whether the title, and with it the vendor's category, is this source's."""
    return max(words, key=_order(standing, "text_at", by_age=False)).source_id == source_id


def changed_parts(before: dict[str, Any], after: dict[str, Any]) -> Collection[str]:
    return {part for part in ("text", "price", "stock") if before[part] != after[part]}


def _order(
    standing: dict[int, Standing], part: str, *, by_age: bool
) -> Callable[[Word], tuple[bool, int, dt.datetime, int]]:
    def place(word: Word) -> tuple[bool, int, dt.datetime, int]:
        precedence, is_fresh = standing.get(word.source_id, (0, False))
        return is_fresh or not by_age, precedence, getattr(word, part), -word.source_id

    return place


def _tells_stock(word: Word) -> bool:
    stock = word.data["stock"]
    return stock["state"] != Availability.UNKNOWN or stock["quantity"] is not None


def _described(texts: Sequence[Word]) -> dict[str, dict[str, str]]:
    """The first one's titles by language, with its descriptions, else those of the first that has any."""
    own: dict[str, dict[str, str]] = {
        language: dict(said) for language, said in texts[0].data["text"]["texts"].items()
    }
    if any(said.get("description") for said in own.values()):
        return own
    for word in texts[1:]:
        theirs = word.data["text"]["texts"]
        told = {language: said["description"] for language, said in theirs.items() if said.get("description")}
        if not told:
            continue
        for language, description in told.items():
            if set(own) == {""} and len(told) == 1:
                language = ""  # noqa: PLW2901 - of a title whose language nobody told it is the description
            own.setdefault(language, {})["description"] = description
        break
    return own
