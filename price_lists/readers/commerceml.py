"""CommerceML 2 as 1C exports it: the package of offers with price types, stock and characteristics.

Format: https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/standarty-commerceml/.
A file with the catalogue alone has no prices and is refused with the advice to send the offers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, Refusal, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers.base import PEEK_ROWS, Peek, SheetRows
from price_lists.readers.xml_stream import XmlLook, elements, look_into_xml
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_ROOT = "КоммерческаяИнформация"
_TIER = "Цена:"
_PARAMETER = "param:"
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
    "Картинка": Field.PHOTO,
}


class CommerceMLReader:
    formats = frozenset({"commerceml"})

    def recognise(self, path: Path, head: bytes) -> str:
        if b"<" not in head[:4096]:
            return ""
        look = look_into_xml(path)
        return "commerceml" if look is not None and look.root == _ROOT else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        look = _look(path, encoding)
        rows: list[tuple[int, tuple[str, ...]]] = []
        for row in _rows(path, look):
            rows.append((row.number, row.cells))
            if len(rows) >= PEEK_ROWS:
                break
        if not rows:
            raise NoGoodsFound("commerceml_without_offers")
        details = {"declared_encoding": look.declared, "vat": _price_types(path, look)[1]}
        return Peek([SheetRows("", rows)], look.encoding, details=details)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        yield from _rows(path, _look(path, mapping.encoding))

    def field_of(self, name: str) -> tuple[Field, str]:
        if name.startswith(_TIER):
            return Field.TIER_PRICE, name[len(_TIER) :]
        if name.startswith(_PARAMETER):
            return Field.ATTRIBUTE, name[len(_PARAMETER) :]
        return _MEANING.get(name, Field.IGNORE), ""


def _look(path: Path, encoding: str) -> XmlLook:
    look = look_into_xml(path, encoding=encoding if encoding not in {"", "utf-8"} else "")
    if look is None or look.root != _ROOT:
        raise Refusal("unknown_xml", detail="?" if look is None else look.root)
    if not look.closed:
        raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
    return look


def _price_types(path: Path, look: XmlLook) -> tuple[dict[str, str], str]:
    """Names of price types by id, the retail one first, and whether VAT is in them."""
    names: dict[str, str] = {}
    taxed: set[str] = set()
    with elements(path, look, ("ТипЦены", "Предложение")) as found:
        for _event, element in found:
            if element.tag.endswith("Предложение"):
                break
            names[_text(element, "Ид")] = _text(element, "Наименование")
            taxed.add(element.findtext("{*}Налог/{*}УчтеноВСумме") or "")
    ordered = sorted(
        names.items(), key=lambda item: "розн" not in item[1].lower() and "роздр" not in item[1].lower()
    )
    vat = {"true": "included", "false": "excluded"}.get(taxed.pop(), "") if len(taxed) == 1 else ""
    return dict(ordered), vat


def _rows(path: Path, look: XmlLook) -> Iterator[RawRow]:
    types, _vat = _price_types(path, look)
    main = next(iter(types), "")
    with elements(path, look, ("Предложение",)) as found:
        for number, (_event, element) in enumerate(found, 1):
            yield RawRow("", number, tuple(_flatten(element, types, main)))


def _flatten(element: Any, types: dict[str, str], main: str) -> list[str]:
    cells: list[str] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition("}")[2]
        if name == "БазоваяЕдиница":
            cells += (
                name,
                (child.text or "").strip() or child.get("НаименованиеПолное") or child.get("Код") or "",
            )
        elif name == "Цены":
            cells += _prices(child, types, main)
        elif name == "ХарактеристикиТовара":
            for characteristic in child:
                cells += (
                    _PARAMETER + _text(characteristic, "Наименование"),
                    _text(characteristic, "Значение"),
                )
        elif name == "Картинка" and "://" not in (child.text or ""):
            continue  # a path inside the exchange, not an address
        elif not len(child):
            cells += (name, child.text or "")
    return cells


def _prices(element: Any, types: dict[str, str], main: str) -> list[str]:
    """The retail price as "Цена" with its currency, the others by their type's name."""
    prices = [
        (_text(price, "ИдТипаЦены"), _text(price, "ЦенаЗаЕдиницу"), _text(price, "Валюта"))
        for price in element
    ]
    first = next((price for price in prices if price[0] == main), prices[0] if prices else None)
    cells: list[str] = []
    for price in prices:
        if price is first:
            cells += ("Цена", price[1], "Валюта", price[2])
        else:
            cells += (_TIER + types.get(price[0], price[0]), f"{price[1]} {price[2]}".strip())
    return cells


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(f"{{*}}{name}") or "").split())


READER = CommerceMLReader()
