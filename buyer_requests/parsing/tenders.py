"""Lists whose goods take several rows each: a name, then its requirements, its quantity, its unit below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from buyer_requests.parsing.wishes import take_wishes

_ITEM = re.compile(
    r"^\s*(?:(?:позиці[яї]|позиция|лот|lot|item|position)\s*)?(?:№\s*)?(?P<number>\d{1,3})\s*(?:[.):]|\s[-–—])(?!\d)\s*(?P<text>\S.*)$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\s*(?:[•·▪▫●○◦►▶➤✓✔☐□■*+>]+|[-–—])\s*")
_SUB_NUMBER = re.compile(r"^\s*\d{1,3}\.\d{1,2}\.?\)?\s+")
_KEYED = re.compile(r"^[^\W\d_][^\n:]{1,60}\s*:\s*\S|^[^\W\d_][^\n:–—]{1,40}\s[–—-]\s*\S", re.IGNORECASE)
_QUANTITY = re.compile(
    r"^(?:(?:необхідна|потрібна|загальна)\s+)?(?:кількість|кіл-?ть|к-?с?ть|количество|кол-?во|обсяг|об['’]єм\s+закупівлі|quantity|qty|потреба|потрібно|нужно)"
    r"\s*(?:\([^)]*\)|,\s*[^\W\d_]+\.?)?\s*[:–—=-]?\s*(?P<said>\d.*)$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^(?:од(?:иниц[яі]|\.)\s*(?:виміру|вим\.?)?|ед(?:иница|\.)\s*(?:измерения|изм\.?)?|unit(?:\s+of\s+measure)?)\s*[:–—=-]\s*(?P<said>\S.*)$",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"^(?:(?:гранична|максимальна|очікувана|орієнтовна|предельная|максимальная|ожидаемая|ориентировочная|max(?:imum)?|target)\s+)*"
    r"(?:ціна|цена|price|вартість|стоимость|бюджет|budget)[^:\d]{0,40}[:–—=-]?\s*(?:до\s+)?(?P<said>[$€]?\s*\d.*)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Group:
    """A good's rows. `number` is the place of its first one in the list."""

    number: int
    name: str
    rows: list[str] = field(default_factory=list)
    quantity: str = ""
    unit: str = ""
    price: str = ""
    requirements: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """One row that says what the head and its counted rows say."""
        said = self.name.rstrip(" .;,:")
        if self.quantity:
            said += f" — {self.quantity}"
            if self.unit and not re.search(r"[^\W\d_]", self.quantity):
                said += f" {self.unit}"
        if self.price:
            said += f", ціна до {self.price}"
        return said


def grouped(rows: list[tuple[int, str]]) -> list[Group] | None:
    """Goods with the rows below them; None where each row is a good of its own."""
    heads = [(index, match) for index, (_n, row) in enumerate(rows) if (match := _item(row))]
    if len(heads) < 2:
        return None
    numbers = [int(match["number"]) for _index, match in heads]
    in_order = sum(two == one + 1 for one, two in pairwise(numbers))
    below = sum(
        1
        for (index, _m), (after, _m2) in zip(heads, [*heads[1:], (len(rows), None)], strict=True)
        if any(_belongs(row) for _n, row in rows[index + 1 : after])
    )
    if in_order < (len(heads) - 1) * 0.8 or below < max(2, len(heads) * 0.6):
        return None
    groups: list[Group] = []
    for (index, match), (after, _next) in zip(heads, [*heads[1:], (len(rows), None)], strict=True):
        group = Group(rows[index][0], match["text"])
        group.rows = [row for _n, row in rows[index:after]]
        for place, (_number, row) in enumerate(rows[index + 1 : after]):
            if after == len(rows) and not _belongs(row):
                group.rows = group.rows[: place + 1]
                break
            _take(group, row)
        groups.append(group)
    return groups


def _item(row: str) -> re.Match[str] | None:
    return None if _SUB_NUMBER.match(row) else _ITEM.match(row)


def _bare(row: str) -> str:
    return _LEAD.sub("", _SUB_NUMBER.sub("", row)).strip()


def _belongs(row: str) -> bool:
    bare = _bare(row)
    said = take_wishes(bare)
    if (said.place or said.needed_by) and not _LEAD.match(row):
        return False  # terms of the whole list
    return bool(
        _LEAD.match(row)
        or _SUB_NUMBER.match(row)
        or row[:1].isspace()
        or _KEYED.match(bare)
        or _QUANTITY.match(bare)
    )


def _take(group: Group, row: str) -> None:
    bare = _bare(row)
    if match := _QUANTITY.match(bare):
        group.quantity = group.quantity or match["said"].strip(" .;")
    elif match := _UNIT.match(bare):
        group.unit = group.unit or match["said"].strip(" .;")
    elif match := _PRICE.match(bare):
        group.price = group.price or match["said"].strip(" .;")
    elif bare:
        group.requirements.append(bare.strip(" ;"))
