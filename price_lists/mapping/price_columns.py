"""Which of the columns with prices holds the price that a buyer pays, and what the others are."""

from __future__ import annotations

from django.utils.translation import gettext as _

from price_lists.mapping.candidates import Candidate
from price_lists.mapping.model import Field
from price_lists.mapping.price_words import unit_in_heading
from price_lists.mapping.vocabulary import has_sum, heading_currency, quantity_in_heading

_TOLD = frozenset({"wholesale", "no_vat", "retail", "recommended"})


def one_price(candidates: list[Candidate]) -> Candidate | None:
    """The price that a buyer pays becomes the price, the other kinds tiers; returns the chosen one."""
    prices = [candidate for candidate in candidates if candidate.field == Field.PRICE]
    filled = _filled(candidates, prices)
    if not filled:
        for candidate in prices[1:]:
            candidate.take(Field.IGNORE, 0.5, _("a second price column, empty"))
        return prices[0] if prices else None
    fullest = max(_share(candidate) for candidate in filled)
    chosen = min(filled, key=lambda candidate: _order(candidate, fullest))
    for candidate in prices:
        if candidate is not chosen:
            _further(candidate, chosen)
    chosen.kind = chosen.meaning.kind if chosen.meaning and chosen.meaning.field == Field.PRICE else ""
    if len(filled) > 1:
        chosen.reason = _("of several prices the one that a buyer pays")
    if chosen.meaning is not None and chosen.meaning.kind == "purchase":
        # what the vendor pays is no price to show: a person has to say so
        chosen.take(
            Field.PRICE, 0.3, _("this seems to be what the vendor pays, but no other column holds prices")
        )
    elif chosen.hidden:
        chosen.take(Field.PRICE, 0.3, _("the column is hidden in the file, but no other holds prices"))
    return chosen


def _filled(candidates: list[Candidate], prices: list[Candidate]) -> list[Candidate]:
    """Of the price columns those with prices in them; where there is none, what serves instead."""
    filled = [candidate for candidate in prices if _share(candidate) > 0.05]
    if any(candidate.meaning is None or candidate.meaning.kind != "purchase" for candidate in filled):
        return filled
    # what is paid now, told beside an old price or alone; then an old price below which nothing went
    for field in (Field.DISCOUNT_PRICE, Field.OLD_PRICE):
        told = next((c for c in candidates if c.field == field and _share(c) > 0.05), None)
        if told is not None and (field == Field.DISCOUNT_PRICE or not filled):
            told.field = Field.PRICE
            prices.append(told)
            return [told]
    if not filled:
        chosen = _price_by_look([candidate for candidate in candidates if candidate not in prices])
        if chosen is not None:
            chosen.take(Field.PRICE, 0.4 if chosen.heading else 0.5, _("the values look like prices"))
            return [chosen]
    return filled


def _share(candidate: Candidate) -> float:
    return candidate.look.price * candidate.look.fill


def _order(candidate: Candidate, fullest: float) -> tuple[bool, float, int]:
    rank = candidate.meaning.rank if candidate.meaning and candidate.meaning.field == Field.PRICE else 2
    # a column with a price in a few rows only is a special one
    sparse = 3 if _share(candidate) < 0.3 * fullest else 0
    # a currency that only the heading tells apart: the national one first
    foreign = 0.5 if heading_currency(candidate.heading) not in {"", "UAH"} else 0
    return candidate.hidden, rank + sparse + foreign, candidate.index


def _is_for_another_unit(candidate: Candidate, chosen: Candidate) -> bool:
    """The price of another amount ("Ціна/комплект" beside "Ціна/шт"), not another price of the same."""
    told = unit_in_heading(candidate.heading)
    return bool(told[0]) and told != unit_in_heading(chosen.heading) != ("", 1)


def _further(candidate: Candidate, chosen: Candidate) -> None:
    """What a price column is beside the chosen one."""
    kind = candidate.meaning.kind if candidate.meaning else ""
    own = heading_currency(candidate.heading)
    if candidate.hidden:
        candidate.take(Field.IGNORE, 0.8, _("a price that is hidden in the file is not for buyers"))
    elif kind == "purchase" or (kind == "cost" and own == heading_currency(chosen.heading)):
        candidate.take(Field.IGNORE, 0.7, _("not a price for buyers"))
    elif not candidate.look.fill:
        candidate.take(Field.IGNORE, 0.5, _("a further price column, empty"))
    elif kind == "pack" or _is_for_another_unit(candidate, chosen):
        candidate.take(Field.ATTRIBUTE, 0.7, _("the price of a whole pack, beside the price of a piece"))
        candidate.kind = candidate.heading
    else:
        # a sum from which the price holds stays to be read
        named = kind if kind in _TOLD and not has_sum(candidate.heading) else candidate.heading or "other"
        candidate.take(Field.TIER_PRICE, 0.8, _("a further price of the same good"), named)
        candidate.min_quantity = quantity_in_heading(candidate.heading)


def _price_by_look(candidates: list[Candidate]) -> Candidate | None:
    best, best_score = None, 0.0
    for candidate in candidates:
        look = candidate.look
        if look.price < 0.7 or look.fill < 0.3 or look.gtin > 0.3 or look.counting or look.mean <= 0:
            continue
        taken = candidate.field != Field.IGNORE
        known_otherwise = candidate.meaning is not None and (
            taken or candidate.meaning.kind in {"number", "sum", "order"}
        )
        if known_otherwise and not (candidate.meaning and candidate.meaning.kind == "sum"):
            continue
        zero_padded = any(sample.startswith("0") and sample[1:2].isdigit() for sample in look.samples)
        if zero_padded or (
            look.code > 0.9 and look.integer > 0.95 and look.distinct > 0.98 and look.length > 4.5
        ):
            continue
        score = look.price * look.fill * (1 + look.fraction) * min(1.0, look.mean / 20 + 0.2)
        if candidate.meaning is not None:
            score *= 0.5
        # prices stand right of names more often than not
        score *= 1 + candidate.index / 1000
        if score > best_score:
            best, best_score = candidate, score
    return best
