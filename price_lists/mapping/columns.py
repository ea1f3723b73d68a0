"""From headings and the look of values to one field for each column, with a reason that people can read."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from price_lists.mapping.candidates import Candidate
from price_lists.mapping.grids import PRICES, settle_grid
from price_lists.mapping.looks import Look, decimal_mark, look_at
from price_lists.mapping.memory import NOTHING, Memory
from price_lists.mapping.model import MANY, ColumnGuess, Field
from price_lists.mapping.price_columns import one_price
from price_lists.mapping.price_words import Meaning, unit_in_heading
from price_lists.mapping.recalling import explain, recall
from price_lists.mapping.vocabulary import heading_currency, meaning_of, vat_in_heading

_NAMES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN)
_CODE_FIELDS = frozenset({Field.ARTICLE, Field.SOURCE_ID, Field.MPN})
_PRICES = frozenset(
    {Field.PRICE, Field.TIER_PRICE, Field.OLD_PRICE, Field.DISCOUNT_PRICE, Field.VARIANT_PRICE}
)
_MANY_COLUMNS = 60
_ATTRIBUTE_CAP = 600


@dataclass(frozen=True, slots=True)
class ColumnsGuess:
    columns: tuple[ColumnGuess, ...]
    decimal: str
    decimal_unclear: bool
    vat: str
    currency: str
    unit: str = ""  # that the price's heading tells, with its pack count
    pack_count: int = 1
    grid: str = ""  # what columns of sizes were taken for, see mapping.grids

    def has(self, field: Field) -> bool:
        return any(column.field == field for column in self.columns)


def guess_columns(
    headings: dict[int, str],
    rows: list[tuple[str, ...]],
    indexes: list[int],
    hidden: frozenset[int] = frozenset(),
    memory: Memory = NOTHING,
) -> ColumnsGuess:
    """Fields for the columns at `indexes`; `rows` are rows that look like goods. Headings may be empty.

    What stands in `hidden` columns is not shown to buyers: only names, codes and units are taken from there.
    `memory` decides where the words of a heading do not; where it contradicts them it only makes them less sure.
    """
    sample = rows[:200] if len(indexes) > _MANY_COLUMNS else rows[:600]
    candidates = []
    for index in indexes:
        values = [row[index] if index < len(row) else "" for row in sample]
        heading = " ".join(headings.get(index, "").split())
        candidates.append(
            Candidate(
                index,
                heading,
                look_at(values, memory.stock.keys(), memory.units.keys()),
                meaning_of(heading) if heading else None,
                hidden=index in hidden,
            )
        )
    for candidate in candidates:
        recall(candidate, memory)
        _by_heading(candidate)
    grid = settle_grid(candidates)
    _one_title(candidates)
    price = None if grid == PRICES else one_price(candidates)
    _unheaded(candidates)
    _codes(candidates)
    _single(candidates)
    _rest(candidates)
    _hide(candidates)
    explain(candidates)
    for candidate in candidates:
        if candidate.field in _PRICES:
            candidate.currency = heading_currency(candidate.heading)
    decimal, unclear, vat, unit, pack_count = ".", False, "", "", 1
    if price is not None:
        values = [row[price.index] for row in sample if price.index < len(row)]
        decimal, unclear = decimal_mark(values)
        vat = vat_in_heading(price.heading)
        unit, pack_count = unit_in_heading(price.heading)
    elif grid == PRICES:
        sized = [candidate for candidate in candidates if candidate.field == Field.VARIANT_PRICE]
        decimal, unclear = decimal_mark(
            [row[candidate.index] for candidate in sized for row in sample if candidate.index < len(row)]
        )
        vat = next((told for candidate in sized if (told := vat_in_heading(candidate.heading))), "")
    return ColumnsGuess(
        tuple(candidate.guess() for candidate in candidates),
        decimal,
        unclear,
        vat,
        price.currency if price else "",
        unit,
        pack_count,
        grid,
    )


def _by_heading(candidate: Candidate) -> None:
    meaning, look = candidate.meaning, candidate.look
    if meaning is None:
        return
    field = meaning.field
    if look.fill and _contradicts(field, meaning, look):
        if field == Field.CATEGORY and look.length < 2.5:  # Prom's "Тип_товару": r, w, u
            candidate.take(Field.IGNORE, 0.7, _("codes, not names of groups"))
        return
    support = 0.05 if look.fill else -0.2
    candidate.take(
        field,
        max(0.05, min(0.99, meaning.weight + support)),
        _("the heading says so") if look.fill else _("the heading says so, but the column is empty"),
        meaning.kind,
    )


def _contradicts(field: Field, meaning: Meaning, look: Look) -> bool:  # noqa: C901, PLR0911, PLR0912 - a table of one line for each field
    """Whether the values cannot be what the heading says."""
    if field == Field.PRICE:
        needed = (
            0.5
            if meaning.kind in {"", "retail", "vat", "recommended", "no_vat"} and meaning.weight > 0.9
            else 0.6
        )
        return look.price < needed and look.price * look.fill < 0.3 and not (look.price and look.words < 0.5)
    if field in {Field.OLD_PRICE, Field.DISCOUNT_PRICE, Field.TIER_PRICE}:
        return look.price < 0.5
    if field in _NAMES:
        return look.words < 0.4 or look.url > 0.5
    if field == Field.STOCK:
        return look.stock < 0.4
    if field == Field.AVAILABILITY:
        return look.stock < 0.3
    if field == Field.UNIT:
        return look.unit < 0.3 and (look.price > 0.5 or look.length > 12)
    if field == Field.CURRENCY:
        return look.currency < 0.5
    if field == Field.CATEGORY:
        return look.length < 2.5 or look.url > 0.5
    if field == Field.URL:
        return look.url < 0.3 and look.length < 12
    if field == Field.PHOTO:
        return look.url < 0.3
    if field == Field.PACK:
        return look.price < 0.5 and look.unit < 0.5
    if field == Field.GTIN:
        return look.gtin < 0.05 and look.words > 0.5
    if field in _CODE_FIELDS:
        # "Код" over whole sentences is a name
        return look.length > 60
    return False


def _one_title(candidates: list[Candidate]) -> None:
    if any(candidate.field in _NAMES and candidate.look.fill > 0.3 for candidate in candidates):
        return
    # A list without a column of names: descriptions, models or whatever has the most words serve.
    best, best_score = None, 0.0
    for candidate in candidates:
        look = candidate.look
        if look.words < 0.6 or look.url > 0.3 or look.fill < 0.3 or look.price > 0.5:
            continue
        told = candidate.meaning.field if candidate.meaning else None
        if told == Field.PACK or candidate.field in {
            Field.CATEGORY,
            Field.COUNTRY,
            Field.BRAND,
            Field.MAKER,
            Field.UNIT,
            Field.PHOTO,
            Field.AVAILABILITY,
            Field.CURRENCY,
            Field.STOCK,
        }:
            continue
        score = look.distinct * min(look.length, 60) * look.fill
        if candidate.field == Field.DESCRIPTION:
            score *= 1.5 if look.length < 150 else 0.2
        if candidate.meaning is not None and candidate.meaning.kind == "model":
            score *= 4  # "Модель" beside a description names the good
        elif candidate.field in _CODE_FIELDS and look.length < 15:
            score *= 0.3
        if score > best_score:
            best, best_score = candidate, score
    if best is not None:
        headed = bool(best.heading)
        best.take(
            Field.TITLE, 0.6 if headed else 0.5, _("the values look like names, and no other column does")
        )


def _unheaded(candidates: list[Candidate]) -> None:  # noqa: C901 - one rule a branch
    """Columns without a known heading whose values tell by themselves."""
    taken = {candidate.field for candidate in candidates}
    titles = [c.index for c in candidates if c.field in _NAMES]
    for candidate in candidates:
        look = candidate.look
        if (
            candidate.field != Field.IGNORE
            or (candidate.meaning is not None and candidate.confidence)
            or not look.fill
        ):
            continue
        reason = _("the values look like it")
        if look.counting:
            candidate.take(Field.IGNORE, 0.7, _("the rows are numbered"), "number")
        elif look.photo > 0.6 and Field.PHOTO not in taken:
            candidate.take(Field.PHOTO, 0.7, reason)
        elif look.url > 0.8 and Field.URL not in taken and look.photo < 0.3:
            candidate.take(Field.URL, 0.6, reason)
        elif look.gtin > 0.8 and Field.GTIN not in taken:
            candidate.take(Field.GTIN, 0.7, reason)
        elif look.currency > 0.9 and Field.CURRENCY not in taken:
            candidate.take(Field.CURRENCY, 0.7, reason)
        elif (
            not candidate.heading
            and look.unit > 0.8
            and look.words < 0.9
            and look.length < 8
            and Field.UNIT not in taken
            and look.price < 0.2
        ):
            candidate.take(Field.UNIT, 0.7, reason)
        elif candidate.heading:
            continue
        elif (
            look.code > 0.8
            and look.distinct > 0.95
            and look.fill > 0.5
            and Field.ARTICLE not in taken
            and titles
            and candidate.index < titles[0] + 2
        ):
            candidate.take(Field.ARTICLE, 0.6, reason)
        elif (
            look.stock > 0.9
            and look.price > 0.9
            and Field.STOCK not in taken
            and not any(c.heading for c in candidates)
        ):
            candidate.take(Field.STOCK, 0.4, reason)
        else:
            continue
        taken.add(candidate.field)


def _codes(candidates: list[Candidate]) -> None:
    """Where "Артикул" and "Код" stand side by side, the code is the file's own identifier."""
    articles = [candidate for candidate in candidates if candidate.field == Field.ARTICLE]
    if len(articles) < 2:
        return
    named = [candidate for candidate in articles if candidate.kind != "code" and candidate.look.fill > 0.05]
    if not named:
        return
    sources = any(candidate.field == Field.SOURCE_ID for candidate in candidates)
    for candidate in articles:
        if candidate is named[0]:
            continue
        if (
            candidate.kind == "code"
            and not sources
            and candidate.look.fill > 0.95
            and candidate.look.distinct > 0.98
        ):
            candidate.take(Field.SOURCE_ID, 0.7, _("a code beside the article number"))
            sources = True
        else:
            candidate.take(Field.ATTRIBUTE, 0.5, _("another column was the better article number"))


def _single(candidates: list[Candidate]) -> None:
    """A field that one column holds goes to the fullest and surest of several."""
    for field in Field:
        if field in MANY or field == Field.PRICE:
            continue
        same = [candidate for candidate in candidates if candidate.field == field]
        if len(same) < 2:
            continue
        best = max(same, key=lambda c: (c.look.fill > 0.05, round(c.confidence, 1), c.look.fill, -c.index))
        for candidate in same:
            if candidate is not best:
                less = Field.IGNORE if field == Field.SOURCE_ID else Field.ATTRIBUTE
                candidate.take(less, 0.5, _("another column says it better"))


def _rest(candidates: list[Candidate]) -> None:
    attributes = 0
    for candidate in candidates:
        if candidate.field == Field.ATTRIBUTE and not candidate.kind:
            candidate.kind = candidate.heading
        if candidate.field != Field.IGNORE or candidate.confidence:
            continue
        if (
            candidate.heading
            and candidate.look.fill
            and attributes < _ATTRIBUTE_CAP
            and len(candidate.heading) <= 100
        ):
            attributes += 1
            candidate.take(Field.ATTRIBUTE, 0.5, _("a characteristic of the good"), candidate.heading)
        else:
            candidate.take(Field.IGNORE, 0.5, _("nothing that is known"))


_TAKEN_HIDDEN = frozenset(
    {
        *_NAMES,
        *_CODE_FIELDS,
        Field.GTIN,
        Field.UNIT,
        Field.CURRENCY,
        Field.CATEGORY,
        Field.PRICE,
        Field.IGNORE,
    }
)


def _hide(candidates: list[Candidate]) -> None:
    """What the vendor hid is not put on show."""
    for candidate in candidates:
        if candidate.hidden and candidate.field not in _TAKEN_HIDDEN:
            candidate.take(Field.IGNORE, 0.7, _("the column is hidden in the file"))
