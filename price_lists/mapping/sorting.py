"""Which rows of a sheet are goods, and which are headings of groups, totals, notes or repeated headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from price_lists.mapping.brands import split_brand
from price_lists.mapping.categories import CategoryRows
from price_lists.mapping.grids import variant_of
from price_lists.mapping.model import BRAND_ROWS, Field, Mapping, TableMapping, plain_heading
from price_lists.mapping.tables import is_numbering
from price_lists.messages import issue
from price_lists.rows import RawRow, RowIssue, Severity

_TOTAL = re.compile(
    r"^\W*(?:(?:итого|всего|всього|усього|разом|підсумок|итог|подытог)(?![^\W\d_])|(?:сума|сумма|total|sum|grand total)\s*[:=]?\s*$)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[\w.+-]+@[\w-]+\.|(?:https?://|www\.)|\+?\d(?:[\s()-]*\d){8,}|©|(?:^|\s)(?:тел|моб|факс|tel|адрес[аи]?|е-?mail|viber|telegram)\b\.?\s*:|"
    r"прайс(?:-?лист)?(?![^\W\d_])|увага|внимание|примітка|примечание|цін[аи]\s+(?:дійсн|вказан|зазначен|мож|на\s)|"
    r"цен[аы]\s+(?:указан|действ|мож|мог|на\s)|діє з|действует с",
    re.IGNORECASE,
)
# a firm's name or a footnote, told by capitals
_FIRM = re.compile(r"^\s*(?:(?:ТОВ|ТзОВ|ТЗОВ|ФОП|ООО|ЧП|LLC)\s|\*+\s*[а-яіїєґ])")
_SPAN = re.compile(r"^\s*(?:(?:від|от|from)\s+)?\d[\d\s.,\u00a0]*(?:[-–—…]|\.\.|до|to)\s*\d", re.IGNORECASE)
_LOWEST = re.compile(r"^\s*(?:від|вiд|от|from)\s+\d", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NO_PRICE = frozenset({"-", "–", "—", "х", "x"})
_DIGITS = frozenset("0123456789")
_NAMES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN)
_GENERIC_SHEET = re.compile(
    r"^\W*(?:лист|аркуш|sheet|tdsheet|page|прайс|price|остатки|залишки|товар|каталог|catalog|products?|export|worksheet|дані|данные|data|"
    r"основн|list|номенклатур|асортимент|ассортимент|goods|feed|table|таблиц)",
    re.IGNORECASE,
)


class TableRows:
    """Sorts the rows of one table, in order, and keeps the category path for them."""

    def __init__(self, table: TableMapping, index: int, *, sheet_path: tuple[str, ...] = ()) -> None:
        self.index = index
        self.table = table
        self.titles = tuple(
            column.index for name in _NAMES for column in table.columns if column.field == name
        )
        price = table.first(Field.PRICE)
        self.price = price.index if price else -1
        self.variants = tuple(
            (column.index, variant_of(column.heading) or column.heading) for column in table.variants()
        )
        self.width = table.width
        article = table.first(Field.ARTICLE)
        self.article = article.index if article else -1
        unit = table.first(Field.UNIT)
        self._unit = unit.index if unit else -1
        indexes = [column.index for column in table.columns]
        self.low, self.high = min(indexes), max(indexes) + 1
        self._ignored = frozenset(column.index for column in table.columns if column.field == Field.IGNORE)
        self._headings = {
            column.index: plain_heading(column.heading) for column in table.columns if column.heading
        }
        self._categories = CategoryRows(table.category_separator)
        self._sheet_path = sheet_path
        self.path: tuple[str, ...] = sheet_path

    def sort(self, row: RawRow) -> str:
        """The word "goods", or the code of a skipped row; the category path is kept along the way."""
        cells = row.cells
        width = len(cells)
        title = ""
        for index in self.titles:
            if index < width and cells[index]:
                title = cells[index]
                break
        if self.price >= 0:
            price = cells[self.price] if self.price < width else ""
        else:
            price = next((cells[i] for i, _name in self.variants if i < width and cells[i].strip()), "")
        if title and price and price[0] in _DIGITS and "-" not in price and "–" not in price:
            if not _TOTAL.match(title) and not (title[0] in _DIGITS and self._is_numbering(cells)):
                self._categories.goods()
                return "goods"
            if _TOTAL.match(title):
                return "total_row"
            return "note_row"
        return self._sort_odd(cells, title.strip(), price.strip())

    def _is_numbering(self, cells: tuple[str, ...]) -> bool:
        return is_numbering([cell.strip() for cell in cells[self.low : self.high] if cell.strip()])

    def _sort_odd(self, cells: tuple[str, ...], title: str, price: str) -> str:  # noqa: C901, PLR0911 - one kind of row a branch
        filled = [
            (index, cell)
            for index, cell in enumerate(cells[self.low : self.high], self.low)
            if cell and not cell.isspace()
        ]
        if not filled:
            return ""
        said = [(index, cell) for index, cell in filled if index not in self._ignored] or filled
        texts = {cell.strip() for _index, cell in filled}
        if _TOTAL.match(title) or (not title and any(_TOTAL.match(text) for text in texts)):
            return "total_row"
        if len(filled) >= 2 and self._repeats_header(filled):
            return "repeated_header"
        if len(texts) == 1 or len(said) == 1:
            return self._heading(*(said[0] if len(said) == 1 else filled[0]))
        if not price:
            if not title:
                return "note_row"
            if self._leaves_out(cells):
                place = next(index for index in self.titles if _at(cells, index).strip())
                return self._heading(place, cells[place])
        elif title and (_SPAN.match(price) or _LOWEST.match(price)) and self._leaves_out(cells):
            place = next(index for index in self.titles if _at(cells, index).strip())
            return self._heading(place, cells[place])  # from how much to how much its goods cost
        elif not title:
            others = [cell for index, cell in said if index != self.price]
            if not any(_LETTERS.search(cell) for cell in others):
                return "total_row" if not _at(cells, self.article).strip() or self.article < 0 else "goods"
        if is_numbering([cell.strip() for _index, cell in filled]):
            return "note_row"
        self._categories.goods()
        return "goods"

    def _leaves_out(self, cells: tuple[str, ...]) -> bool:
        """Whether a row without a price leaves out what every good has: then it heads a group.

        Groups may have a code or a total of their stock, both only where every good has a unit: they have none.
        """
        always = self.table.always_filled
        if self._unit in always and not _at(cells, self._unit).strip():
            return True
        blank = sum(1 for index in always if not _at(cells, index).strip())
        coded = self.article >= 0 and bool(_at(cells, self.article).strip())
        return bool(blank) and (blank == len(always) or (self.article >= 0 and not coded))

    def _heading(self, index: int, text: str) -> str:
        if not _LETTERS.search(text):
            return "note_row"
        if len(text) > 200 or _NOTE.search(text) or _FIRM.match(text):
            return "note_row"
        self._categories.heading(text.rstrip(), index)
        self.path = (*self._sheet_path, *self._categories.path)
        return "category_row"

    def _repeats_header(self, filled: list[tuple[int, str]]) -> bool:
        if not self._headings:
            return False
        same = sum(
            1
            for index, cell in filled
            if (heading := self._headings.get(index))
            and (plain := plain_heading(cell))
            and (plain == heading or heading.endswith(" " + plain))
        )
        return same >= 2 and same >= 0.6 * len(filled)


def sorted_rows(  # noqa: C901 - the hot loop: calls would cost a third of its speed
    rows: Iterable[RawRow | RowIssue], mapping: Mapping
) -> Iterator[tuple[RawRow, bytes] | RowIssue]:
    """Goods with the hash of their cells and path; skipped rows and the reader's own issues as issues."""
    by_sheet: dict[str, list[TableRows]] = {}
    sheets = {table.sheet for table in mapping.tables}
    for index, mapped in enumerate(mapping.tables):
        named = len(sheets) > 1 and not _GENERIC_SHEET.match(mapped.sheet)
        sheet_path = (" ".join(mapped.sheet.split()),) if named else ()
        by_sheet.setdefault(mapped.sheet, []).append(TableRows(mapped, index, sheet_path=sheet_path))
    heads = _header_rows(mapping)
    sheet: str | None = None
    tables: list[TableRows] = []
    whole = False
    last_path: tuple[str, ...] | None = None
    path: tuple[str, ...] = ()
    brand = ""
    suffix = b""
    brands = (
        {} if mapping.options.get(BRAND_ROWS) else {i: t.brand_rows for i, t in enumerate(mapping.tables)}
    )
    for row in rows:
        if isinstance(row, RowIssue):
            yield row
            continue
        if row.sheet != sheet:
            sheet = row.sheet
            tables = by_sheet.get(sheet, [])
            whole = len(tables) == 1
        if not whole and (row.sheet, row.number) in heads:
            continue
        for table in tables if whole else _active(tables, row.number):
            if row.number <= table.table.header_row:
                continue
            verdict = table.sort(row)
            if verdict == "goods":
                if table.path != last_path:
                    last_path = table.path
                    path, brand = split_brand(last_path, brands.get(table.index))
                    # the brand is hashed as such: a row that turns from a group into a brand is read anew
                    context = "\x1e" + "\x1f".join(path) + (f"\x1d{brand}" if brand else "")
                    suffix = context.encode()
                cells = row.cells
                if table.variants:
                    yield from _variants(row, table, path, brand, suffix)
                    continue
                text = "\x1f".join(cells if whole else cells[table.low : table.high])
                digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
                digest.update(suffix)
                if "\ufffd" in text or "\x00" in text:
                    code = "nul_characters" if "\x00" in text else "damaged_characters"
                    yield issue(code, row=row.number, sheet=row.sheet, severity=Severity.WARNING)
                    cells = tuple(cell.replace("\x00", "") for cell in cells)
                yield RawRow(row.sheet, row.number, cells, path, table.index, brand), digest.digest()
            elif verdict:
                value = next((cell.strip() for cell in row.cells[table.low : table.high] if cell.strip()), "")
                yield issue(verdict, row=row.number, value=value, sheet=row.sheet, severity=Severity.SKIPPED)


def _variants(
    row: RawRow, table: TableRows, path: tuple[str, ...], brand: str, suffix: bytes
) -> Iterator[tuple[RawRow, bytes]]:
    """A row for each size that has a price; behind the cells stand the price and the size's name."""
    cells = row.cells + ("",) * (table.width - len(row.cells))
    sizes = {index for index, _name in table.variants}
    bare = tuple("" if index in sizes else cell for index, cell in enumerate(cells[: table.width]))
    for index, name in table.variants:
        if cells[index].strip() and cells[index].strip() not in _NO_PRICE:
            own = (*bare, cells[index], name)
            digest = blake2b("\x1f".join(own).encode("utf-8", "surrogatepass"), digest_size=16)
            digest.update(suffix)
            yield RawRow(row.sheet, row.number, own, path, table.index, brand), digest.digest()


def _header_rows(mapping: Mapping) -> frozenset[tuple[str, int]]:
    """Where the headers stand: the one of a lower table is no row of the table above it."""
    return frozenset(
        (table.sheet, table.header_row - above)
        for table in mapping.tables
        if table.header_row
        for above in range(table.header_rows)
    )


def _active(tables: list[TableRows], number: int) -> list[TableRows]:
    """Of tables below each other the one whose header came last; of tables side by side all."""
    begun = [table for table in tables if table.table.header_row < number]
    return [
        table
        for table in begun
        if not any(
            other.table.header_row > table.table.header_row
            and other.low < table.high
            and table.low < other.high
            for other in begun
        )
    ]


def hashed_records(rows: Iterable[RawRow | RowIssue]) -> Iterator[tuple[RawRow, bytes] | RowIssue]:
    """Records of a feed with the hash of their elements and path: all of them are goods."""
    for row in rows:
        if isinstance(row, RowIssue):
            yield row
            continue
        text = "\x1f".join(row.cells) + "\x1e" + "\x1f".join(row.path)
        if "\ufffd" in text:
            yield issue("damaged_characters", row=row.number, severity=Severity.WARNING)
        yield row, blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _at(cells: tuple[str, ...], index: int) -> str:
    return cells[index] if 0 <= index < len(cells) else ""
