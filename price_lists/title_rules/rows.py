"""Rules between reading a row and staging it: names are cleaned, and what vendors should know becomes remarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from price_lists.mapping.model import Field, Mapping, TableMapping
from price_lists.messages import issue
from price_lists.rows import OfferRow, RawRow, RowIssue, Severity
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.cleaning import cleaned
from price_lists.title_rules.detecting import found, suspicious
from price_lists.title_rules.enums import Rule
from price_lists.title_rules.words import code_of

Said = list[OfferRow | RowIssue]
Understand = Callable[[RawRow], Said]
_TITLES = {Field.TITLE: "", Field.TITLE_UK: "uk", Field.TITLE_RU: "ru", Field.TITLE_EN: "en"}
_SHOWN = 60


def with_rules(understand: Understand, mapping: Mapping, rules: NameRules) -> Understand:
    """The same function, whose offers have names as the rules want them; remarks come after the offer."""
    if not rules.on:
        return understand
    look = suspicious(rules.on)
    headings = [_headings(table) for table in mapping.tables]

    def understand_and_judge(raw: RawRow) -> Said:
        said = understand(raw)
        if said:
            offer = said[0]
            if offer.__class__ is OfferRow and (
                look(offer.title) or (offer.titles and any(map(look, offer.titles.values())))
            ):
                return _judged(offer, said, rules, headings[raw.table])
        return said

    return understand_and_judge


def _judged(offer: OfferRow, said: Said, rules: NameRules, headings: dict[str, str]) -> Said:
    title, titles, brand = offer.title, offer.titles, offer.brand
    faults = {name: found(name, rules.on, brand=brand) for name in {title, *titles.values()}}
    if not any(faults.values()):
        return said
    if rules.cleaned:
        better = {
            name: cleaned(name, rules.cleaned, brand=brand) if faults[name] else name for name in faults
        }
        title, titles = better[title], {language: better[name] for language, name in titles.items()}
        faults = {name: found(name, rules.on, brand=brand) for name in {title, *titles.values()}}
    remarks: dict[Rule, RowIssue] = {}
    for language, name in {"": title, **titles}.items():
        for rule, spans in faults[name].items():
            if rule not in remarks:
                start, end = spans[0][0], spans[-1][1] if rule is Rule.SHOUTING else spans[0][1]
                remarks[rule] = issue(
                    code_of(rule, held=rule in rules.held),
                    row=offer.row,
                    sheet=offer.sheet,
                    column=_heading(headings, language, titles, title),
                    value=_shortened(name[start:end]),
                    severity=Severity.WARNING,
                )
    if title != offer.title or titles != offer.titles:
        offer = replace(offer, title=title, titles=titles, named=offer.named or offer.title)
        said = [offer, *said[1:]]
    return [*said, *remarks.values()] if remarks else said


def _headings(table: TableMapping) -> dict[str, str]:
    """By language, how the column of names is called in the file."""
    found_: dict[str, str] = {}
    for column in table.columns:
        language = _TITLES.get(Field(column.field)) if column.field in _TITLES else None
        if language is not None:
            found_.setdefault(language, column.heading)
    return found_


def _heading(headings: dict[str, str], language: str, titles: dict[str, str], title: str) -> str:
    if not language:
        language = next((each for each, name in titles.items() if name == title and each in headings), "")
    return headings.get(language) or headings.get("") or next(iter(headings.values()), "")


def _shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
