"""A request as plain values, and two of them held against each other: what changed, and whether earlier prices still hold. Pure but for reading."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from buyer_requests.models import BuyerRequest, RequestLine

#: What holds for the whole request and may change after publishing.
TERMS: Final = ("notes", "place", "region", "needed_by")
#: What a line says, in the order in which a page tells it.
FACTS: Final = (
    "text",
    "details",
    "quantity",
    "unit",
    "ceiling",
    "wants",
    "substitutes",
    "gtin",
    "mpn",
    "place",
    "needed_by",
    "category",
)
#: Terms that hold for each line which says nothing of its own.
_INHERITED: Final = ("place", "needed_by")
#: Where a vendor's word "my prices still hold" is enough: the good itself stays what it was.
LIGHT: Final = frozenset({"quantity", "ceiling", "place", "needed_by"})
_TYPO: Final = 0.9
#: Letters between the first and the last that differ: more are not compared, which takes time by their square.
_COMPARED: Final = 80


def content_of(request: BuyerRequest, lines: Sequence[RequestLine] | None = None) -> dict[str, Any]:
    """The request as it stands, for a version."""
    return {
        "title": request.title,
        "currency": request.currency,
        "notes": request.notes.replace("\r\n", "\n"),  # as any browser sends it back
        "place": request.place,
        "region": request.region,
        "needed_by": request.needed_by.isoformat() if request.needed_by else None,
        "lines": [line_content(line) for line in (request.lines.all() if lines is None else lines)],
    }


def line_content(line: RequestLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "text": line.text,
        "details": line.details,
        "quantity": f"{line.quantity:.3f}",
        "unit": line.unit,
        "ceiling": line.ceiling_amount,
        "category": line.category_id,
        "wants": line.wants,
        "substitutes": line.substitutes,
        "gtin": line.gtin,
        "mpn": line.mpn,
        "place": line.place,
        "needed_by": line.needed_by.isoformat() if line.needed_by else None,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs. `name` is one of TERMS or FACTS. `is_material`: prices for the former one no longer hold."""

    name: str
    before: Any
    after: Any
    is_material: bool = False
    is_typo: bool = False
    is_inherited: bool = False  # the line says nothing of it: the request's changed

    @property
    def is_light(self) -> bool:
        """Whether a vendor may say with one press that its price holds all the same."""
        return not self.is_material or self.name in LIGHT or self.is_typo


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that is "added", "removed" or "changed"; `number` its place, of a removed one the former."""

    line_id: int | None
    number: int
    text: str
    kind: str
    changes: list[Change] = field(default_factory=list)

    @property
    def own(self) -> list[Change]:
        """What changed in the line itself."""
        return [change for change in self.changes if not change.is_inherited]

    @property
    def is_material(self) -> bool:
        return any(change.is_material for change in self.changes)

    @property
    def is_light(self) -> bool:
        return all(change.is_light for change in self.changes)

    @property
    def is_typo(self) -> bool:
        return any(change.is_typo for change in self.changes)


@dataclass(frozen=True, slots=True)
class Difference:
    """One version held against an earlier one."""

    terms: list[Change]
    lines: list[LineChange]
    moved: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.lines or self.moved)

    @property
    def material(self) -> list[LineChange]:
        """Lines for which earlier prices do not hold until their vendor says so."""
        return [line for line in self.lines if line.is_material]

    def of_kind(self, kind: str) -> list[LineChange]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def added(self) -> list[LineChange]:
        return self.of_kind("added")

    @property
    def removed(self) -> list[LineChange]:
        return self.of_kind("removed")

    @property
    def changed(self) -> list[LineChange]:
        return self.of_kind("changed")

    @property
    def asks(self) -> bool:
        """Whether bidders have to confirm: not where limits were only loosened, lines sorted or categories named."""
        return bool(self.material or self.added or self.removed or self.terms)

    def counts(self) -> list[tuple[str, int]]:
        """How many lines changed in what, for a heading: ("added", 2), ("quantity", 3) ..."""
        found = [(kind, len(self.of_kind(kind))) for kind in ("added", "removed")]
        found += [(name, sum(any(c.name == name for c in line.own) for line in self.lines)) for name in FACTS]
        return [each for each in found if each[1]]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What changed from one content to another.

    A line whose day or place is the request's changes with it. Lines without an id in `after` are new.
    """
    terms = [
        Change(name, before.get(name), after.get(name), is_material=name in _INHERITED)
        for name in TERMS
        if (before.get(name) or None) != (after.get(name) or None)
    ]
    old = {line["line"]: (number, line) for number, line in enumerate(before["lines"], start=1)}
    kept = {line["line"] for line in after["lines"] if line.get("line") in old}
    lines: list[LineChange] = []
    for number, line in enumerate(after["lines"], start=1):
        if line.get("line") not in old:
            lines.append(LineChange(line.get("line"), number, line["text"], "added"))
        elif changes := _changes(old[line["line"]][1], line, before, after):
            lines.append(LineChange(line["line"], number, line["text"], "changed", changes))
    lines += [
        LineChange(pk, number, line["text"], "removed")
        for pk, (number, line) in old.items()
        if pk not in kept
    ]
    order = [line["line"] for line in after["lines"] if line.get("line") in old]
    return Difference(terms, lines, moved=order != [pk for pk in old if pk in kept])


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Change]:
    found = []
    for name in FACTS:
        was, now = old.get(name), new.get(name)
        if name in _INHERITED:  # the request's, where the line has none
            was, now = was or before.get(name), now or after.get(name)
        if name == "wants":
            was, now = said_wants(was), said_wants(now)
        if name == "quantity":
            was, now = Decimal(was or 0), Decimal(now or 0)
            if was != now:
                found.append(Change(name, f"{was:.3f}", f"{now:.3f}", is_material=True))
            continue
        if was == now or (not was and not now and name != "substitutes"):
            continue
        is_inherited = name in _INHERITED and (old.get(name) or None) == (new.get(name) or None)
        is_typo = name in {"text", "details"} and looks_like_typo(str(was or ""), str(now or ""))
        found.append(
            Change(
                name,
                was,
                now,
                is_material=_is_material(name, was, now),
                is_typo=is_typo,
                is_inherited=is_inherited,
            )
        )
    return found


def _is_material(name: str, was: Any, now: Any) -> bool:
    """Whether a price for the former value may not hold: all but a category, a looser limit and welcome substitutes."""
    if name == "category":
        return False
    if name == "ceiling":
        return now is not None and (was is None or now < was)
    if name == "substitutes":
        return not now
    return True


def said_wants(wants: Any) -> list[list[Any]]:
    """Attributes by what people read of them: their words and whether they must be."""
    return [[str(want.get("text", "")), bool(want.get("must", True))] for want in wants or ()]


def looks_like_typo(was: str, now: str) -> bool:
    """Whether a text was merely mended: nearly the same letters, and every figure as before."""
    figures = re.compile(r"\d+")
    if not was or not now or figures.findall(was) != figures.findall(now):
        return False
    old, new = was.lower(), now.lower()
    ahead = _common(old, new)
    behind = _common(old[ahead:][::-1], new[ahead:][::-1])
    old, new, total = old[ahead : len(old) - behind], new[ahead : len(new) - behind], len(old) + len(new)
    same, least = ahead + behind, _TYPO * total / 2
    if same >= least:
        return True
    if max(len(old), len(new)) > _COMPARED or same + min(len(old), len(new)) < least:
        return False
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return same + sum(block.size for block in blocks) >= least


def _common(one: str, other: str) -> int:
    """How many letters both begin with."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)
