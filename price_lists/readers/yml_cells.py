"""One offer of a YML dialect as names and values by turns: languages, parameters, tiers, rests, wrappers."""

from __future__ import annotations

from typing import Any

from price_lists.readers.feed_names import LANGUAGES
from price_lists.readers.xml_stream import local_name

_CONTAINERS = frozenset(
    {
        "pictures",
        "images",
        "photos",
        "params",
        "parameters",
        "characteristics",
        "attributes",
        "properties",
        "features",
    }
)
_COUNTS = frozenset({"stock_quantity", "quantity_in_stock", "quantity", "stock"})
_YES = frozenset({"true", "1", "yes"})
_LANGUAGE_TAGS = frozenset(LANGUAGES)
_FOREIGN = {"priceUSD": "USD", "priceRUSD": "USD", "priceOUSD": "USD", "priceEUR": "EUR", "priceREUR": "EUR"}


def child_text(element: Any, name: str) -> str:
    child = element.find(f"{{*}}{name}")
    return (child.text or "").strip() if child is not None else ""


class _Kinds(dict[str, str]):
    """How an element is read, by its name; most are taken as they are. One look-up for each element."""

    def __missing__(self, tag: str) -> str:
        if tag == "param":
            kind = "param"
        elif tag == "categoryId":
            kind = "category"
        elif tag in _FOREIGN:
            kind = "foreign"
        elif tag in _COUNTS:
            kind = "count"
        elif tag.startswith("price"):
            kind = "price"
        else:
            kind = "text" if tag.lower().startswith(("name", "title", "description")) else ""
        if len(self) < 4096 and len(tag) < 200:
            self[tag] = kind
        return kind


_KINDS = _Kinds()


def flattened(element: Any) -> tuple[tuple[str, ...], str]:  # noqa: C901, PLR0912, PLR0915 - the hot loop of feeds
    """The offer as name and value by turns, and its category's id."""
    cells: list[str] = []
    category = ""
    named = priced = sold_out = False
    foreign: list[tuple[str, str]] = []
    languages: set[str] = set()
    kinds = _KINDS
    for name, value in element.items():
        cells += ("@" + name, value)
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue
        if tag[0] == "{":
            tag = tag.rpartition("}")[2]
        value = child.text or ""
        if len(child):
            nested = _nested(child, tag)
            if nested is not None:
                cells += nested
                named = named or tag.startswith(("name", "title"))
                continue
            value = _nested_text(child)
        kind = kinds[tag]
        if not kind:
            cells += (tag, value)
        elif kind == "param":
            label = child.get("name") or ""
            unit = child.get("unit")
            language = child.get("lang")
            if language:
                languages.add(LANGUAGES.get(language.lower(), language.lower()))
                label += f"\x00{LANGUAGES.get(language.lower(), language.lower())}"
            cells += ("param:" + label, f"{value.strip()} {unit}" if unit else value)
        elif kind == "category":
            category = category or value.strip()
            cells += (tag, value)
        elif kind == "foreign":
            foreign.append((tag, value.strip()))
        elif kind == "text":
            named = named or (bool(value) and tag.startswith(("name", "title")))
            language = child.get("lang") or child.get("{http://www.w3.org/XML/1998/namespace}lang")
            cells += (f"{tag}:{language.lower()}" if language else tag, value)
        else:
            if kind == "price":
                priced = priced or bool(value)
                if value and (child.get("from") or "").strip().lower() in _YES:
                    value = f"from {value.strip()}"  # a lowest price, as sheets say it
            else:
                sold_out = sold_out or value.strip() in {"0", "0.0", "0.00", "0.000"}
                if child.get("days"):
                    cells += ("stock_days", child.get("days"))
            cells += (tag, value)
    if not named:  # the "vendor.model" kind: the name is put together from three elements
        parts = [child_text(element, name) for name in ("typePrefix", "vendor", "model")]
        cells += ("name", " ".join(part for part in parts if part))
    for tag, value in foreign:
        if value:  # beside a price in the national currency it is a further one
            cells += (tag if priced else "price", f"{value} {_FOREIGN[tag]}")
            priced = True
    if languages:
        cells = _one_language(cells, "uk" if "uk" in languages else min(languages))
    if sold_out:  # "available" with nothing left only says that the good is listed
        cells = [
            cell
            for place in range(0, len(cells), 2)
            if not (
                cells[place] in {"@available", "@in_stock", "available"}
                and cells[place + 1].lower() == "true"
            )
            for cell in cells[place : place + 2]
        ]
    return tuple(cells), category


def _one_language(cells: list[str], wanted: str) -> list[str]:
    """Parameters that are given in several languages, in one of them."""
    kept: list[str] = []
    for place in range(0, len(cells), 2):
        label, mark, language = cells[place].partition("\x00")
        if not mark or language == wanted:
            kept += (label, cells[place + 1])
    return kept


def _nested(element: Any, tag: str) -> list[str] | None:  # noqa: PLR0911 - one kind of nesting after the other
    """The cells of an element that wraps others; None if its text is its value."""
    lowered = tag.lower()
    if lowered in _CONTAINERS:
        return _grouped(element)
    children = [child for child in element if isinstance(child.tag, str)]
    names = [local_name(child).lower() for child in children]
    if lowered == "prices":  # Prom: what a piece costs from so many on
        amounts = [(child_text(child, "value"), child_text(child, "quantity")) for child in children]
        given = [pair for pair in amounts if pair[0]]
        if not given:
            return []
        return [
            "prices",
            ";".join(amount for amount, _quantity in given),
            "prices_quantity",
            ";".join(quantity or "1" for _amount, quantity in given),
        ]
    if lowered in {"outlets", "stocks", "warehouses"}:  # rests by point of sale: their sum counts
        rests = [
            child.get("instock")
            or child.get("quantity")
            or child_text(child, "quantity")
            or (child.text or "").strip()
            for child in children
        ]
        numbers = [int(rest) for rest in rests if rest.isdecimal() and len(rest) < 10]
        return ["stock", str(sum(numbers))] if numbers else []
    if set(names) <= _LANGUAGE_TAGS:
        return [
            cell
            for child, language in zip(children, names, strict=True)
            for cell in (f"{tag}:{language}", "".join(child.itertext()))
        ]
    if lowered == "param":
        return None
    if "price" in names:
        return []  # what a good costs at another place; the offer's own price stands beside it
    if "name" in names:
        return [tag, child_text(element, "name")]
    return None


def _grouped(element: Any) -> list[str]:
    """Elements that only wrap repeated ones: <pictures><picture>, <params><param>, <attribute><name><value>."""
    cells: list[str] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child)
        label = child.get("name") or child_text(child, "name")
        if label:
            value = (
                child_text(child, "value") or child.get("value") or ("" if len(child) else child.text or "")
            )
            unit = child.get("unit") or child_text(child, "unit")
            cells += (f"param:{label}", f"{value.strip()} {unit}" if unit else value)
        elif not len(child):
            cells += (name, child.text or child.get("url") or child.get("src") or "")
        elif link := child_text(child, "url") or child_text(child, "src"):
            cells += (name, link)
    return cells


def _nested_text(element: Any) -> str:
    """Markup inside a description that was not put into CDATA; of values by language the Ukrainian one."""
    for value in element.findall("{*}value"):
        if (value.get("lang") or "").lower() in {"uk", "ua"}:
            return value.text or ""
    if not local_name(element).lower().startswith(("description", "name", "value")):
        return " ".join(part.strip() for part in element.itertext() if part.strip())
    return "".join(element.itertext())
