"""CommerceML 2 as 1C exports it: offers with price types, rests and characteristics, and the catalogue to them.

Format: https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/standarty-commerceml/.
Both may stand in one file, or in import.xml, offers.xml, prices.xml and rests.xml of one archive. The catalogue
alone has no prices and is refused with the advice to send the offers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, Refusal, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.messages import issue
from price_lists.readers import limits
from price_lists.readers.base import Beginning, Peek
from price_lists.readers.commerceml_goods import (
    PARAMETER,
    Classifier,
    Goods,
    characteristics,
    is_deleted,
    local,
    text_of,
    unit_of,
)
from price_lists.readers.feed_names import named_field
from price_lists.readers.xml_stream import XmlLook, elements, look_into_xml
from price_lists.rows import RawRow, RowIssue, Severity

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_ROOT = "КоммерческаяИнформация"
_CATALOGUE = ("Группа", "Свойство", "Товар")
_TYPES = 1000
_TIER = "Цена:"
_DELETED = "@Удален"
_MEANING: dict[str, Field] = {
    "Ид": Field.SOURCE_ID,
    "Артикул": Field.ARTICLE,
    "Наименование": Field.TITLE,
    "Штрихкод": Field.GTIN,
    "Количество": Field.STOCK,
    "БазоваяЕдиница": Field.UNIT,
    "Цена": Field.PRICE,
    "Валюта": Field.CURRENCY,
    "Описание": Field.DESCRIPTION,
    "Страна": Field.COUNTRY,
    "Изготовитель": Field.MAKER,
    "ТорговаяМарка": Field.BRAND,
    "Бренд": Field.BRAND,
    "Картинка": Field.PHOTO,
}
# Among kinds of prices: which one a buyer pays, by the words in its name. The lowest rank is the price.
_RANKS = (
    (("розн", "роздр", "retail"), 0),
    (("сайт", "магазин", "продаж", "основн", "базов"), 1),
    (("опт", "гурт", "дилер", "партн"), 3),
    (("закуп", "себестоим", "собіварт", "учетн", "облік", "минимал", "мінімал"), 4),
)


class CommerceMLReader:
    formats = frozenset({"commerceml"})

    def recognise(self, path: Path, head: bytes) -> str:
        if b"<" not in head[:4096]:
            return ""
        look = look_into_xml(path)
        return "commerceml" if look is not None and look.root == _ROOT else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        return self.peek_exchange([path], encoding)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        yield from self.exchange_rows([path], mapping.encoding)

    def peek_exchange(self, paths: list[Path], encoding: str) -> Peek:
        """The beginning of all files of one exchange together. Raises Refusal."""
        exchange = _Exchange(paths, encoding)
        beginning = Beginning()
        for row in exchange.rows():
            if isinstance(row, RawRow) and not beginning.take(row.number, row.cells):
                break
        if not beginning.rows:
            raise NoGoodsFound("commerceml_without_offers")
        look = exchange.looks[0]
        details = {"declared_encoding": look.declared, "vat": exchange.vat}
        return Peek(beginning.named(), look.encoding, details=details)

    def exchange_rows(self, paths: list[Path], encoding: str) -> Iterator[RawRow | RowIssue]:
        """All offers of the files of one exchange. Raises Refusal."""
        yield from _Exchange(paths, encoding if len(paths) == 1 else "").rows()

    def field_of(self, name: str) -> tuple[Field, str]:
        if name.startswith(_TIER):
            return Field.TIER_PRICE, name[len(_TIER) :]
        if name.startswith(PARAMETER):
            return named_field(name)
        return _MEANING.get(name, Field.IGNORE), ""


def _look(path: Path, encoding: str) -> XmlLook:
    look = look_into_xml(path, encoding=encoding if encoding not in {"", "utf-8"} else "")
    if look is None or look.root != _ROOT:
        raise Refusal("unknown_xml", detail="?" if look is None else look.root)
    if not look.closed:
        raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
    return look


class _Exchange:
    """The files of one exchange: read once for the catalogue, then for the offers."""

    def __init__(self, paths: list[Path], encoding: str) -> None:
        self.paths = paths
        self.looks = [_look(path, encoding) for path in paths]
        self.classifier = Classifier()
        self._types: dict[str, str] = {}
        self._taxed: set[str] = set()
        self._with_offers: list[int] = []

    @property
    def vat(self) -> str:
        return (
            {"true": "included", "false": "excluded"}.get(next(iter(self._taxed)), "")
            if len(self._taxed) == 1
            else ""
        )

    def rows(self) -> Iterator[RawRow | RowIssue]:
        with closing(Goods()) as goods:
            for place, (path, look) in enumerate(zip(self.paths, self.looks, strict=True)):
                self._read_catalogue(place, path, look, goods)
            goods.flush()
            # stable: of equal rank the one that the exchange names first
            self._types = dict(sorted(self._types.items(), key=lambda item: _rank(item[1])))
            offers = self._offers()
            if len(self._with_offers) > 1:
                offers = _joined(offers, goods)
            number = 0
            for number, (identifier, cells) in enumerate(offers, 1):
                row = self._row(number, identifier, cells, goods)
                if isinstance(row, RawRow) and len(row.cells) > 2 * limits.RECORD_FIELDS:
                    row = limits.too_many_fields(number, row.cells)
                yield row
            if not number and goods.count:
                raise NoGoodsFound("commerceml_without_offers")

    def _read_catalogue(self, place: int, path: Path, look: XmlLook, goods: Goods) -> None:
        with elements(path, look, (*_CATALOGUE, "ТипЦены", "Предложение")) as found:
            for _event, element in found:
                name = local(element)
                if name == "Товар":
                    goods.take(element, self.classifier)
                elif name == "Группа":
                    self.classifier.take_group(element)
                elif name == "Свойство":
                    self.classifier.take_property(element)
                elif name == "ТипЦены":
                    if len(self._types) < _TYPES:
                        self._types.setdefault(text_of(element, "Ид"), text_of(element, "Наименование"))
                    self._taxed.add(element.findtext("{*}Налог/{*}УчтеноВСумме") or "")
                else:  # the catalogue stands before the offers
                    self._with_offers.append(place)
                    return

    def _offers(self) -> Iterator[tuple[str, list[str]]]:
        main = next(iter(self._types), "")
        for place in self._with_offers:
            # the catalogue before the offers is waited for, too, so that the parser forgets it
            with elements(self.paths[place], self.looks[place], ("Предложение", *_CATALOGUE)) as found:
                for _event, element in found:
                    if local(element) == "Предложение":
                        yield text_of(element, "Ид"), self._flatten(element, main)

    def _row(self, number: int, identifier: str, cells: list[str], goods: Goods) -> RawRow | RowIssue:
        good = goods.get(identifier.partition("#")[0])
        named = next((cells[i + 1] for i in range(0, len(cells), 2) if cells[i] == "Наименование"), "")
        if _DELETED in cells or (good is not None and good.deleted):
            title = named or (good.title if good is not None else "") or identifier
            return issue(
                "deleted_in_exchange", row=number, column="Статус", value=title, severity=Severity.SKIPPED
            )
        if good is None:
            return RawRow("", number, tuple(cells))
        if not named.strip():
            own = [cells[i + 1] for i in range(0, len(cells), 2) if cells[i].startswith(PARAMETER)]
            cells += ("Наименование", f"{good.title} ({', '.join(own)})" if own else good.title)
        # what the offer says itself comes first, and the first word counts; a value said twice would be joined
        own_names = {cells[i] for i in range(0, len(cells), 2) if cells[i + 1]}
        for place in range(0, len(good.cells), 2):
            if good.cells[place] not in own_names:
                cells += good.cells[place : place + 2]
        return RawRow("", number, tuple(cells), good.path)

    def _flatten(self, element: Any, main: str) -> list[str]:  # noqa: C901, PLR0912 - one element after the other
        cells: list[str] = []
        rests: list[str] = []
        counted = False
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = local(child)
            if name == "БазоваяЕдиница":
                cells += (name, unit_of(child))
            elif name == "Цены":
                cells += self._prices(child, main)
            elif name == "ХарактеристикиТовара":
                cells += characteristics(child)
            elif name == "ЗначенияСвойств":
                cells = _merged(cells, self.classifier.parameters(child))
            elif name == "Склад":
                rests.append(child.get("КоличествоНаСкладе") or text_of(child, "Количество"))
            elif name == "Остатки":
                rests += [told.text or "" for told in child.iter("{*}Количество")]
            elif name == "Изготовитель":
                cells += (name, text_of(child, "Наименование"))
            elif name == "Картинка" and "://" not in (child.text or ""):
                continue  # a path inside the exchange, not an address
            elif not len(child):
                counted = counted or (name == "Количество" and bool((child.text or "").strip()))
                cells += (name, child.text or "")
        if rests and not counted and (total := _sum(rests)):
            cells += ("Количество", total)
        if is_deleted(element):
            cells += (_DELETED, "true")
        return cells

    def _prices(self, element: Any, main: str) -> list[str]:
        """The retail price as "Цена" with its currency, the others by their type's name."""
        prices = [
            (text_of(price, "ИдТипаЦены"), text_of(price, "ЦенаЗаЕдиницу"), text_of(price, "Валюта"))
            for price in element
            if isinstance(price.tag, str)
        ]
        # where the price type of choice is missing, the best of those that are there
        order = list(self._types)
        first = min(
            prices,
            key=lambda price: (
                price[0] != main,
                order.index(price[0]) if price[0] in self._types else len(order),
            ),
            default=None,
        )
        cells: list[str] = []
        for price in prices:
            if price is first:
                cells += ("Цена", price[1], "Валюта", price[2])
            elif _rank(self._types.get(price[0], "")) < 4:
                cells += (_TIER + self._types.get(price[0], price[0]), f"{price[1]} {price[2]}".strip())
        return cells


def _merged(cells: list[str], parameters: list[str]) -> list[str]:
    """Properties beside characteristics: "Цвет" with the value of "Цвет. (Доп реквизиты)" is the same thing."""
    kept: list[str] = []
    said = list(zip(parameters[::2], parameters[1::2], strict=True))
    for place in range(0, len(cells), 2):
        name, value = cells[place : place + 2]
        twice = name.startswith(PARAMETER) and any(
            value == other and name.startswith(label) for label, other in said
        )
        if not twice:
            kept += (name, value)
    return kept + parameters


def _rank(name: str) -> int:
    lowered = name.lower()
    return next((rank for words, rank in _RANKS if any(word in lowered for word in words)), 2)


def _joined(offers: Iterator[tuple[str, list[str]]], goods: Goods) -> Iterator[tuple[str, list[str]]]:
    for place, (identifier, cells) in enumerate(offers):
        goods.join_offer(identifier or f"?{place}", place, cells)
    yield from goods.joined_offers()


def _sum(rests: list[str]) -> str:
    total = Decimal(0)
    for rest in rests:
        try:
            amount = Decimal(rest.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".") or "0")
        except InvalidOperation:
            return rest  # shown as it is, with a warning
        total += amount if amount.is_finite() else 0
    return format(total.normalize(), "f")


READER = CommerceMLReader()
