"""From one raw row to one offer or to what is wrong with it, by a plan compiled from the mapping."""

from __future__ import annotations

import re
from decimal import Decimal

from price_lists.mapping.identity import BY_LINK, joined_id
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.mapping.separators import split_path
from price_lists.mapping.words import explained_in, plain_brand, plain_word
from price_lists.messages import issue
from price_lists.rows import Availability, OfferRow, RawRow, RowIssue, Severity
from price_lists.validation.brands import brand_of_group, brand_under
from price_lists.validation.currencies import currency_code
from price_lists.validation.gtin import GtinNotTaken, parse_gtin
from price_lists.validation.numbers import NumberNotUnderstood, Price, parse_price
from price_lists.validation.stock import Stock, summed
from price_lists.validation.texts import (
    NO_CODE,
    clean_code,
    clean_description,
    clean_line,
    clean_title,
    clean_word,
    language_of,
    letters_lost,
    parse_urls,
)
from price_lists.validation.tiers import TierReader
from price_lists.validation.units import pack_in_title, parse_unit, unit_in_title
from price_lists.validation.variants import SizesInStock, VariantReader

Normalised = list[OfferRow | RowIssue]
_ATTRIBUTES = 200
_PRICE = 1000  # characters; prices are remembered by their text
_PACKS = frozenset({"PK", "PA", "BX", "Z2", "SET", "CT", "BG", "D64", "NMP", "RM", "BE"})
_LANGUAGES = {Field.TITLE_UK: "uk", Field.TITLE_RU: "ru", Field.TITLE_EN: "en"}
_DESCRIPTIONS = {
    Field.DESCRIPTION_UK: "uk",
    Field.DESCRIPTION_RU: "ru",
    Field.DESCRIPTION_EN: "en",
    Field.DESCRIPTION: "",
}
_UNKNOWN = Stock(None, Availability.UNKNOWN)
_ZERO_STOCK = Decimal(0)
_ONE = Decimal(1)


class TableNormaliser:
    """Turns rows of one table of a mapping into offers. Cells stand where the plan's indexes say."""

    def __init__(self, mapping: Mapping, table: TableMapping, *, tree_first: bool = False) -> None:
        by_field: dict[str, list[ColumnGuess]] = {}
        for column in table.columns:
            by_field.setdefault(column.field, []).append(column)
        self._headings = {column.index: column.heading for column in table.columns}
        self._default_currency = table.currency or mapping.currency
        self._decimal = table.decimal
        self._vat = table.vat
        self._separator = table.category_separator
        self._price_unit, self._price_pack = table.unit, table.unit_pack
        # "Ціна за уп." beside a column that says "шт": the price is for what its own heading says
        self._unit_of_price = table.unit in _PACKS or table.unit == "T3" or table.unit_pack > 1

        def one(field: Field) -> int:
            columns = by_field.get(field)
            return columns[0].index if columns else -1

        def many(field: Field) -> tuple[int, ...]:
            return tuple(column.index for column in by_field.get(field, ()))

        self._title = one(Field.TITLE)
        self._titles = tuple(
            (one(field), language) for field, language in _LANGUAGES.items() if one(field) >= 0
        )
        self._descriptions = tuple((one(f), language) for f, language in _DESCRIPTIONS.items() if one(f) >= 0)
        self._price = one(Field.PRICE)
        self._price_currency = next((column.currency for column in by_field.get(Field.PRICE, ())), "")
        variants = table.variants()
        self._variant = VariantReader(table, one(Field.ARTICLE)) if variants else None
        if variants:
            self._price, self._price_currency = table.width, variants[0].currency
        self._sizes = SizesInStock(table) if any(c.kind for c in by_field.get(Field.STOCK, ())) else None
        self._old = one(Field.OLD_PRICE)
        self._discount = one(Field.DISCOUNT_PRICE)
        tiers = tuple(by_field.get(Field.TIER_PRICE, ()))
        self._tiers = TierReader(tiers, many(Field.TIER_QUANTITY), table.decimal) if tiers else None
        self._currency = one(Field.CURRENCY)
        self._unit = one(Field.UNIT)
        self._pack = one(Field.PACK)
        self._stock = many(Field.STOCK)
        self._availability = one(Field.AVAILABILITY)
        self._days = one(Field.ORDER_DAYS)
        self._brand = one(Field.BRAND)
        self._maker = one(Field.MAKER)
        self._country = one(Field.COUNTRY)
        self._article = one(Field.ARTICLE)
        self._source = one(Field.SOURCE_ID)
        self._mpn = one(Field.MPN)
        self._gtin = many(Field.GTIN)
        self._category = many(Field.CATEGORY)
        self._url = one(Field.URL)
        self._photos = many(Field.PHOTO)
        self._videos = many(Field.VIDEO)
        self._attributes = tuple((c.index, c.kind or c.heading) for c in by_field.get(Field.ATTRIBUTE, ()))
        self._triples = _triples(table)
        self._has_extras = bool(self._attributes or self._triples)
        self._tree_first = tree_first  # a feed's own tree says more than the words at the offer
        self._by_link = mapping.options.get("identity") == BY_LINK
        self._width = table.width + 2 * bool(variants)
        self._explained = explained_in(mapping.options)

    def __call__(self, raw: RawRow) -> Normalised:  # noqa: C901, PLR0912, PLR0915 - the hot path: calls would cost a third of its speed
        cells = raw.cells
        if len(cells) < self._width:
            cells += ("",) * (self._width - len(cells))
        issues: list[RowIssue] = []
        title, titles = self._names(cells)
        if not title:
            issues.append(self._issue(raw, "title_missing", self._title, ""))
        elif len(title) > 1000:
            issues.append(self._issue(raw, "title_too_long", self._title, title))
        price = self._read_price(raw, cells, issues)
        currency = self._read_currency(raw, cells, price, issues)
        if issues or price is None:
            return list(issues)

        if "????" in title and letters_lost(title):
            issues.append(self._issue(raw, "title_letters_lost", self._title, title, Severity.WARNING))
        amount = price.amount
        old = self._soft_price(raw, cells, self._old, "old_price_ignored", issues) if self._old >= 0 else None
        if self._discount >= 0 and cells[self._discount].strip():
            reduced = self._soft_price(raw, cells, self._discount, "tier_price_ignored", issues)
            if reduced is not None and reduced < amount:
                old, amount = amount, reduced
        if old is not None and old <= amount:
            old = None
        unit, pack_count, pack_note = self._price_unit, self._price_pack, ""
        attributes: dict[str, str] = {}
        if self._unit >= 0 and cells[self._unit]:
            said = parse_unit(cells[self._unit])
            explained = None if said.code else self._explained.units.get(plain_word(cells[self._unit]))
            said = explained or said
            if said.code and not self._unit_of_price:
                unit, pack_count = said
            if not said.code:
                attributes[self._headings[self._unit]] = clean_line(cells[self._unit])[:200]
                if explained is None:
                    issues.append(
                        self._issue(raw, "unknown_unit", self._unit, cells[self._unit], Severity.WARNING)
                    )
        if self._pack >= 0 and cells[self._pack]:
            pack_note = clean_line(cells[self._pack])
            if unit in _PACKS and pack_count == 1 and pack_note.isdigit() and 0 < int(pack_note) < 10**6:
                pack_count = int(pack_note)
            else:
                attributes[self._headings[self._pack]] = pack_note[:200]
        if pack_count == 1 and unit in _PACKS:
            pack_count = pack_in_title(title) or 1
        elif not unit:
            unit, pack_count = unit_in_title(title)
        stock = self._read_stock(raw, cells, issues)
        brand = clean_word(cells[self._brand])[:200] if self._brand >= 0 else ""
        maker = clean_word(cells[self._maker])[:200] if self._maker >= 0 else ""
        path = raw.path
        if self._category and not (path and self._tree_first):
            path = self._read_category(cells) or path
        if not brand:
            brand = maker or (brand_under(raw.brand, title) if raw.brand else "")
        if not brand and path and self._brand < 0:
            brand = brand_of_group(path[-1], title)
        if self._explained.brands:
            brand = self._explained.brands.get(plain_brand(brand), brand)
        if self._has_extras:
            self._read_attributes(cells, attributes)
        url = self._read_url(raw, cells, issues) if self._url >= 0 else ""
        source_id = clean_code(cells[self._source]) if self._source >= 0 else ""
        if self._by_link and source_id and url:
            source_id = joined_id(source_id, url)
        if self._variant is not None:
            title, source_id = self._variant(cells, title, titles, source_id, attributes)
        if self._sizes is not None:
            self._sizes(cells, attributes)
        offer = OfferRow(
            raw.number,
            title,
            amount,
            currency,
            raw.sheet,
            source_id,
            clean_code(cells[self._article]) if self._article >= 0 else "",
            titles,
            self._read_descriptions(cells),
            old,
            self._vat,
            None,
            unit,
            pack_count,
            stock.quantity,
            stock.availability,
            stock.order_days,
            brand,
            maker,
            clean_word(cells[self._country])[:100] if self._country >= 0 else "",
            clean_code(cells[self._mpn]) if self._mpn >= 0 else "",
            self._read_gtin(raw, cells, issues) if self._gtin else "",
            path,
            url,
            self._read_links(raw, cells, self._photos, issues) if self._photos else (),
            self._read_links(raw, cells, self._videos, issues) if self._videos else (),
            attributes,
            self._tiers(raw, cells, currency, issues) if self._tiers else (),
        )
        return [offer, *issues] if issues else [offer]

    def _issue(
        self, raw: RawRow, code: str, index: int, value: str, severity: Severity = Severity.ERROR
    ) -> RowIssue:
        return issue(
            code,
            row=raw.number,
            column=self._headings.get(index, ""),
            value=value,
            sheet=raw.sheet,
            severity=severity,
        )

    def _names(self, cells: tuple[str, ...]) -> tuple[str, dict[str, str]]:
        plain = clean_title(cells[self._title]) if self._title >= 0 else ""
        if not self._titles:
            return plain, {}
        titles = {language: name for index, language in self._titles if (name := clean_title(cells[index]))}
        if plain:
            # the column without a language in its heading holds the one that the others do not
            other = "uk" if "uk" not in titles and "ru" in titles else "ru"
            if other not in titles and not (other == "ru" and language_of(plain) == "uk"):
                titles[other] = plain
        return titles.get("uk") or plain or titles.get("ru") or titles.get("en") or "", titles

    def _read_price(self, raw: RawRow, cells: tuple[str, ...], issues: list[RowIssue]) -> Price | None:
        text = cells[self._price] if self._price >= 0 else ""
        if self._discount >= 0 and not text.strip():
            text = cells[self._discount]  # a good that has no other price than the reduced one
        if len(text) > _PRICE:
            issues.append(self._issue(raw, "price_not_a_number", self._price, text.strip()))
            return None
        try:
            return parse_price(text, self._decimal)
        except NumberNotUnderstood as error:
            issues.append(self._issue(raw, error.args[0], self._price, text.strip()))
            return None

    def _read_currency(
        self, raw: RawRow, cells: tuple[str, ...], price: Price | None, issues: list[RowIssue]
    ) -> str:
        if price is not None and price.currency:
            return price.currency
        if self._currency >= 0 and (text := cells[self._currency].strip()):
            code = currency_code(text)
            if not code:
                issues.append(self._issue(raw, "unknown_currency", self._currency, text))
            return code
        return self._price_currency or self._default_currency

    def _soft_price(
        self, raw: RawRow, cells: tuple[str, ...], index: int, code: str, issues: list[RowIssue]
    ) -> Decimal | None:
        """A price that may be wrong without keeping the offer out."""
        text = cells[index]
        if not text.strip():
            return None
        try:
            return parse_price(text, self._decimal).amount
        except NumberNotUnderstood as error:
            if error.args[0] not in {"price_zero", "price_missing"}:
                issues.append(self._issue(raw, code, index, text.strip(), Severity.WARNING))
            return None

    def _read_stock(self, raw: RawRow, cells: tuple[str, ...], issues: list[RowIssue]) -> Stock:
        stock, parse = _UNKNOWN, self._explained.parse_stock
        for index in self._stock:
            text = cells[index]
            if not text:
                continue
            said = parse(text)
            if not said.understood:
                issues.append(self._issue(raw, "stock_not_understood", index, text.strip(), Severity.WARNING))
                continue
            if said.quantity is not None and said.quantity < 0:
                issues.append(self._issue(raw, "stock_negative", index, text.strip(), Severity.WARNING))
                said = Stock(_ZERO_STOCK, Availability.NONE)
            stock = said if stock is _UNKNOWN else summed(stock, said)
        if self._availability >= 0 and (text := cells[self._availability].strip()):
            said = parse(text)
            if not said.understood:
                issues.append(
                    self._issue(raw, "stock_not_understood", self._availability, text, Severity.WARNING)
                )
            elif said.availability is not Availability.UNKNOWN:
                quantity = stock.quantity if stock.quantity is not None else said.quantity
                stock = Stock(quantity, said.availability, said.order_days or stock.order_days)
        if self._days >= 0 and cells[self._days]:
            days = re.search(r"\d{1,3}", cells[self._days])
            if days:
                stock = stock._replace(order_days=int(days.group()))
        return stock

    def _read_category(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        path: tuple[str, ...] = ()
        for index in self._category:
            if cells[index]:
                part = split_path(cells[index], self._separator)
                if part != path[-len(part) :]:
                    path += part
        return path

    def _read_descriptions(self, cells: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for index, language in self._descriptions:
            if cells[index]:
                text = clean_description(cells[index])
                if text:
                    found[language] = text
        if "" in found and "uk" in found and "ru" not in found and language_of(found[""][:500]) != "uk":
            found["ru"] = found.pop("")
        return found

    def _read_gtin(self, raw: RawRow, cells: tuple[str, ...], issues: list[RowIssue]) -> str:
        for index in self._gtin:
            text = cells[index].strip()
            if not text or text.lower() in NO_CODE:
                continue
            failure = ""
            for part in re.split(r"[;,|/]\s*(?=\d{8})|\s+(?=\d{8})", text):
                try:
                    return parse_gtin(part)
                except GtinNotTaken as error:
                    failure = failure or error.args[0]
            issues.append(self._issue(raw, failure, index, text, Severity.WARNING))
        return ""

    def _read_url(self, raw: RawRow, cells: tuple[str, ...], issues: list[RowIssue]) -> str:
        text = cells[self._url].strip()
        if not text:
            return ""
        taken, _refused = parse_urls(text)
        if not taken:
            issues.append(self._issue(raw, "url_not_taken", self._url, text, Severity.WARNING))
            return ""
        return taken[0]

    def _read_links(
        self, raw: RawRow, cells: tuple[str, ...], indexes: tuple[int, ...], issues: list[RowIssue]
    ) -> tuple[str, ...]:
        links: list[str] = []
        for index in indexes:
            if cells[index]:
                taken, refused = parse_urls(cells[index])
                links += taken
                if refused and not taken:
                    issues.append(self._issue(raw, "url_not_taken", index, refused[0], Severity.WARNING))
        return tuple(dict.fromkeys(links))[:50]

    def _read_attributes(self, cells: tuple[str, ...], attributes: dict[str, str]) -> None:
        for index, name in self._attributes:
            value = cells[index]
            if value and (text := clean_line(value)):
                attributes.setdefault(name, text[:1000])
        for name_index, unit_index, value_index in self._triples:
            name = cells[name_index]
            if not name:
                continue
            text = clean_line(cells[value_index])
            if text:
                if unit_index >= 0 and cells[unit_index]:
                    text = f"{text} {clean_line(cells[unit_index])}"
                attributes.setdefault(clean_line(name)[:100], text[:1000])
            if len(attributes) >= _ATTRIBUTES:
                break


def _triples(table: TableMapping) -> tuple[tuple[int, int, int], ...]:
    """(name, unit or -1, value) of each group of columns that describes one attribute."""
    found: list[tuple[int, int, int]] = []
    name = unit = -1
    for column in table.columns:
        if column.field == Field.ATTRIBUTE_NAME:
            name, unit = column.index, -1
        elif column.field == Field.ATTRIBUTE_UNIT:
            unit = column.index
        elif column.field == Field.ATTRIBUTE_VALUE and name >= 0:
            found.append((name, unit, column.index))
            name = unit = -1
    return tuple(found)
