"""The path of category rows above a row of goods, told row by row without looking ahead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from price_lists.mapping.separators import split_path

_DOTTED = re.compile(r"^\s*(\d{1,3}(?:\.\d{1,3})+)\.?\)?\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(\d{1,3})[.)]\s*(?=[^\W\d])")
_ROMAN = re.compile(r"^\s*([IVXІХ]{1,5})[.)]\s+(?=\S)")
_PREFIX = re.compile(r"^\s*([_*•»>#=~-]+)\s*(?=\S)")
_DEPTH = 8


@dataclass(slots=True)
class _Level:
    name: str
    kind: str  # "zero" (01.), "number" (1.), "dotted" (1.2), "roman", "prefix" (__), "plain"
    number: int
    column: int
    indent: int
    upper: bool
    goods: bool = False


class CategoryRows:
    """Feeds on category rows and rows of goods in order; `path` is what holds for the next goods.

    Levels are told by numbering ("01.", "1.", "1.2"), signs in front, the column, indents and capital
    letters; rows without any of these nest when they follow each other directly.
    """

    def __init__(self, separator: str = "") -> None:
        self._separator = separator
        self._levels: list[_Level] = []
        self._run_from = 0  # where in the levels the present run of category rows began
        self._in_run = False
        self._deepest = 0
        self._path: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return self._path

    def goods(self) -> None:
        """A row of goods has come."""
        if self._in_run:
            self._in_run = False
            self._deepest = max(self._deepest, len(self._levels))
            if self._levels:
                self._levels[-1].goods = True

    def heading(self, text: str, column: int = 0) -> None:
        """A category row with its text (leading spaces kept) and the column that it stands in."""
        parts = split_path(text, self._separator)
        if len(parts) > 1:
            names = [part.strip(" _*•~") or part for part in parts]
            self._levels = [_Level(part, "path", 0, 0, 0, upper=False) for part in names]
            self._run_from, self._in_run = 0, True
        else:
            level = _level_of(text, column)
            if level is None:
                return
            self._place(level)
        self._path = tuple(level.name for level in self._levels)

    def _place(self, level: _Level) -> None:
        levels = self._levels
        if levels and levels[0].kind == "path":
            levels = []
        continues = self._in_run and bool(levels)
        depth = self._depth_for(level, levels, continues=continues)
        kept = levels[:depth]
        if (
            continues
            and level.kind == "plain"
            and len(kept) + 1 > max(self._deepest, 1) > 1
            and self._run_from
        ):
            # Two headings in a row under a parent that was no parent of theirs: the run starts higher up.
            kept = kept[: self._run_from - 1] + kept[self._run_from :]
            self._run_from -= 1
        kept.append(level)
        self._levels = kept[-_DEPTH:]
        if not continues:
            self._run_from = len(kept) - 1
        self._in_run = True

    def _depth_for(self, level: _Level, levels: list[_Level], *, continues: bool) -> int:  # noqa: C901, PLR0911 - one rule a line, in the order of their weight
        """How many of the present levels stay above the new one."""
        if not levels:
            return 0
        top = levels[-1]
        if level.kind == "dotted":
            return min(level.number - 1, len(levels))
        if level.column != top.column:
            if level.column > top.column:
                return len(levels)
            return next((place for place, other in enumerate(levels) if other.column >= level.column), 0)
        if level.kind in {"zero", "number", "roman"}:
            return self._depth_of_number(level, levels, continues=continues)
        if level.kind == "prefix":
            same = [place for place, other in enumerate(levels) if other.kind == "prefix"]
            return same[0] if same else (0 if not continues else len(levels))
        if level.indent != top.indent and top.kind == "plain":
            if level.indent > top.indent:
                return len(levels)
            return next(
                (p for p, o in enumerate(levels) if o.kind == "plain" and o.indent >= level.indent),
                len(levels) - 1,
            )
        if continues:
            return len(levels)
        if level.upper and not top.upper:
            above = [place for place, other in enumerate(levels) if other.upper and other.kind == "plain"]
            if above:
                return above[-1]
        # a heading with goods right below it is replaced, whatever its kind, unless numbers tell otherwise
        if top.kind in {"zero", "number", "roman", "dotted"}:
            return len(levels)
        return len(levels) - 1

    @staticmethod
    def _depth_of_number(level: _Level, levels: list[_Level], *, continues: bool) -> int:
        top = levels[-1]
        follows = top.kind == level.kind and level.number == top.number + 1
        back_at_top = level.kind == "zero" and any(other.kind == "zero" for other in levels)
        if continues and not follows and not back_at_top:
            return len(levels)
        for place in range(len(levels) - 1, -1, -1):
            other = levels[place]
            if other.kind == level.kind and other.number < level.number:
                return place
        if level.kind == "number" and level.number >= 10:  # "10." goes on after "09."
            for place in range(len(levels) - 1, -1, -1):
                if levels[place].kind == "zero" and levels[place].number < level.number:
                    return place
        same = [place for place, other in enumerate(levels) if other.kind == level.kind]
        if same:
            return same[0]
        numbered = [place for place, other in enumerate(levels) if other.kind in {"zero", "number", "roman"}]
        if numbered and level.kind != "zero":
            return numbered[-1] + 1
        return 0 if level.kind in {"zero", "roman"} or not levels else len(levels) - 1


def _level_of(text: str, column: int) -> _Level | None:
    stripped = text.strip()
    indent = len(text) - len(text.lstrip(" \u00a0\t"))
    kind, number, name = "plain", 0, stripped
    if match := _DOTTED.match(text):
        kind, number, name = "dotted", match[1].count(".") + 1, text[match.end() :]
    elif match := _NUMBERED.match(text):
        kind, number, name = (
            ("zero" if match[1].startswith("0") else "number"),
            int(match[1]),
            text[match.end() :],
        )
    elif match := _ROMAN.match(text):
        kind, number, name = "roman", _roman(match[1]), text[match.end() :]
    elif match := _PREFIX.match(text):
        kind, name = "prefix", text[match.end() :]
    name = " ".join(name.strip(" \t\u00a0_*:=~•»#-").split())[:200]
    if not name:
        return None
    letters = [char for char in name if char.isalpha()]
    upper = bool(letters) and sum(1 for char in letters if char.isupper()) > 0.8 * len(letters)
    return _Level(name, kind, number, column, indent, upper)


def is_numbered(text: str) -> bool:
    """Whether a category row carries a number or a sign that tells its level."""
    level = _level_of(text, 0)
    return level is not None and level.kind != "plain"


def _roman(text: str) -> int:
    values = {"I": 1, "І": 1, "V": 5, "X": 10, "Х": 10}
    total = 0
    for char, following in zip(text, [*text[1:], ""], strict=True):
        value = values[char]
        total += -value if following and values[following] > value else value
    return total
