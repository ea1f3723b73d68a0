"""The catalogue of a CommerceML exchange: groups, properties and goods, kept on disk until the offers ask for them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from price_lists.errors import TooBig
from price_lists.readers import limits
from price_lists.readers.limits import CategoryTree

PARAMETER = "param:"
_BATCH = 1000
# Requisites that say something of the good itself; the others are 1C's own bookkeeping.
_REQUISITES = {"вес": "Вес", "длина": "Длина", "ширина": "Ширина", "высота": "Высота", "объем": "Объем"}


def text_of(element: Any, name: str) -> str:
    return " ".join((element.findtext(f"{{*}}{name}") or "").split())


def local(element: Any) -> str:
    name: str = element.tag
    return name.rpartition("}")[2]


def is_deleted(element: Any) -> bool:
    told = element.get("Статус") or text_of(element, "Статус")
    return told.lower() in {"удален", "удалён"} or text_of(element, "ПометкаУдаления").lower() == "true"


@dataclass(slots=True)
class Good:
    cells: list[str]
    title: str
    path: tuple[str, ...]
    deleted: bool


@dataclass
class Classifier:
    """Groups with their parents, and properties with the values that they are chosen from."""

    groups: CategoryTree = field(default_factory=CategoryTree)
    properties: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def take_group(self, element: Any) -> None:
        identifier, name = text_of(element, "Ид"), text_of(element, "Наименование")
        wrapper = element.getparent()
        above = wrapper.getparent() if wrapper is not None else None
        parent = text_of(above, "Ид") if above is not None and local(above) == "Группа" else ""
        self.groups.add(identifier, name, parent)

    def take_property(self, element: Any) -> None:
        identifier, name = text_of(element, "Ид"), text_of(element, "Наименование")
        if identifier and name:
            self.properties[identifier] = name
        for choice in element.iterfind("{*}ВариантыЗначений/{*}Справочник"):
            self.values[text_of(choice, "ИдЗначения")] = text_of(choice, "Значение")
        if len(self.values) + len(self.properties) > limits.CHOICES:
            raise TooBig("too_many_choices", limit=limits.CHOICES, field="Справочник", value=name[:60])

    def parameters(self, element: Any) -> list[str]:
        """The values of properties at a good or an offer."""
        cells: list[str] = []
        for told in element:
            name = self.properties.get(text_of(told, "Ид")) or text_of(told, "Наименование")
            values = [
                self.values.get(plain, plain)
                for value in told.iterfind("{*}Значение")
                if (plain := " ".join((value.text or "").split()))
            ]
            if name and values:
                cells += (PARAMETER + name, ", ".join(values))
        return cells


class Goods:
    """Goods by id in a temporary database that SQLite deletes itself: a million of them need little memory."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("")
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE good (id TEXT PRIMARY KEY, told TEXT) WITHOUT ROWID")
        self._base.execute("CREATE TABLE offer (id TEXT PRIMARY KEY, place INTEGER, told TEXT) WITHOUT ROWID")
        self._waiting: list[tuple[str, str]] = []
        self.count = 0
        self._last: tuple[str, Good | None] = ("", None)

    def close(self) -> None:
        self._base.close()

    def take(self, element: Any, classifier: Classifier) -> None:  # noqa: C901 - one element after the other
        cells: list[str] = []
        group = ""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = local(child)
            if name == "Группы":
                group = group or text_of(child, "Ид")
            elif name == "ЗначенияСвойств":
                cells += classifier.parameters(child)
            elif name == "ЗначенияРеквизитов":
                cells += _requisites(child)
            elif name == "ХарактеристикиТовара":
                cells += characteristics(child)
            elif name == "Изготовитель":
                cells += (name, text_of(child, "Наименование") or text_of(child, "ОфициальноеНаименование"))
            elif name == "БазоваяЕдиница":
                cells += (name, unit_of(child))
            elif name == "Картинка":
                if "://" in (child.text or ""):
                    cells += (name, (child.text or "").strip())
            elif name in {"Артикул", "Штрихкод", "Описание", "Страна", "ТорговаяМарка", "Бренд"}:
                cells += (name, child.text or "")
        told = {"c": cells, "t": text_of(element, "Наименование"), "p": classifier.groups.path(group)}
        self._waiting.append(
            (text_of(element, "Ид"), json.dumps(told | {"d": is_deleted(element)}, ensure_ascii=False))
        )
        self.count += 1
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        self._base.executemany("INSERT OR REPLACE INTO good VALUES (?, ?)", self._waiting)
        self._waiting.clear()

    def get(self, identifier: str) -> Good | None:
        if not self.count:
            return None
        if self._last[0] == identifier:  # variants of one good stand together
            return self._last[1]
        row = self._base.execute("SELECT told FROM good WHERE id = ?", (identifier,)).fetchone()
        good = None
        if row is not None:
            told = json.loads(row[0])
            good = Good(told["c"], told["t"], tuple(told["p"]), told["d"])
        self._last = (identifier, good)
        return good

    def join_offer(self, identifier: str, place: int, cells: list[str]) -> None:
        """Put together what several files say of one offer: names here, prices there, rests elsewhere."""
        row = self._base.execute("SELECT told FROM offer WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            told = json.dumps(cells, ensure_ascii=False)
            self._base.execute("INSERT INTO offer VALUES (?, ?, ?)", (identifier, place, told))
        else:
            if len(row[0]) > limits.JOINED_TEXT:
                raise limits.record_too_big(
                    place + 1, *(cells[:2] or ("Ид", identifier)), limit=limits.JOINED_TEXT
                )
            told = json.dumps(json.loads(row[0]) + cells, ensure_ascii=False)
            self._base.execute("UPDATE offer SET told = ? WHERE id = ?", (told, identifier))

    def joined_offers(self) -> Iterator[tuple[str, list[str]]]:
        for identifier, told in self._base.execute("SELECT id, told FROM offer ORDER BY place"):
            yield identifier, json.loads(told)


def characteristics(element: Any) -> list[str]:
    cells: list[str] = []
    for told in element:
        name, value = text_of(told, "Наименование"), text_of(told, "Значение")
        if name and value:
            cells += (PARAMETER + name, value)
    return cells


def unit_of(element: Any) -> str:
    return (
        (element.text or "").strip()
        or element.get("НаименованиеПолное")
        or (element.get("Код") or "").strip()
    )


def _requisites(element: Any) -> list[str]:
    cells: list[str] = []
    for told in element:
        name, value = text_of(told, "Наименование"), text_of(told, "Значение")
        label = _REQUISITES.get(name.lower())
        if label and value not in {"", "0"}:
            cells += (PARAMETER + label, value)
    return cells
