"""How well the matcher does on a labelled pair of tables: files in, figures out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from price_lists.identity import model
from price_lists.identity.comparing import decision
from price_lists.identity.features import meet
from price_lists.identity.records import Decision, Record
from price_lists.identity.tables import Matrix, Pairs, pairs_of

_DELIMITERS = ",;\t|"
_ENCODINGS = ("utf-8-sig", "cp1251")
_TRUE = frozenset({"1", "1.0", "true", "yes", "match", "t", "y"})
_FALSE = frozenset({"0", "0.0", "false", "no", "nonmatch", "non-match", "f", "n", ""})
_NO_PRICE = re.compile(r"[^\d.,]")
TOP = 10

Truth = dict[tuple[str, str], int]


class BadTable(Exception):
    """A file that cannot be evaluated; the message names the file, what is wrong and what helps."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Known pairs by ids. `listed`: the file has labels, so only its pairs are scored."""

    pairs: Truth
    listed: bool
    unknown: int


def _rows(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """Rows by lower-case column name; the delimiter is the one that finds the needed columns in the first line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path}: cannot be read ({error.strerror}).") from None
    text = _decoded(data, path)
    lines = text.splitlines()
    if not lines:
        raise BadTable(f"{path}: the file is empty.")
    wanted = set(needed)
    header: list[str] = []
    for delimiter in _DELIMITERS:
        header = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=delimiter))]
        if wanted <= set(header):
            break
    else:
        raise BadTable(
            f"{path}: the first line must name the columns {', '.join(sorted(wanted))}; it is: {lines[0][:200]}"
        )
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(rows)
        return [dict(zip(header, (value.strip() for value in row), strict=False)) for row in rows if any(row)]
    except csv.Error as error:  # a cell over csv.field_size_limit, mostly a quote that is never closed
        raise BadTable(f"{path}, line {rows.line_num}: {error}; check the quotes there.") from error


def _decoded(data: bytes, path: Path) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise BadTable(f"{path}: the text is neither UTF-8 nor UTF-16 nor Windows-1251.")


def read_table(path: Path) -> list[Record]:
    """Records of one table. Raises BadTable."""
    records: dict[str, Record] = {}
    for number, row in enumerate(_rows(path, ("id", "title")), 2):
        name = row.get("id", "")
        if not name:
            raise BadTable(f"{path}, row {number}: the id is empty.")
        record = _record(row)
        if records.setdefault(name, record) != record:
            raise BadTable(f"{path}, row {number}: the id {name} stands for two different records.")
    if not records:
        raise BadTable(f"{path}: there is no row below the header.")
    return list(records.values())


def _record(row: Mapping[str, str]) -> Record:
    return Record(
        id=row["id"],
        title=row.get("title", ""),
        brand=row.get("brand", ""),
        mpn=row.get("mpn", ""),
        gtin=row.get("gtin", ""),
        article=row.get("article", ""),
        price=minor(row.get("price", "")),
        currency=row.get("currency", "").upper(),
        description=row.get("description", ""),
    )


def minor(price: str) -> int | None:
    """«1 234,56», «$1,234.56» in minor units; None where there is no number above 0."""
    digits = _NO_PRICE.sub("", price).strip(".,")
    whole, mark, rest = digits, "", ""
    for found in (",", "."):
        if digits.rfind(found) > digits.rfind(mark or "\0"):
            whole, mark, rest = *digits.rpartition(found)[:2], digits.rpartition(found)[2]
    if mark and len(rest) == 3 and (digits.count(mark) > 1 or mark == ","):
        whole, rest = digits, ""
    whole = re.sub(r"\D", "", whole)
    if not (whole or rest):
        return None
    return round(float(f"{whole or 0}.{rest or 0}") * 100) or None


def read_truth(path: Path, left: Mapping[str, Any], right: Mapping[str, Any]) -> Labels:
    """Pairs of ids with 1 or 0; pairs with an id that is in neither table are counted and left out."""
    rows = _rows(path, ("left_id", "right_id"))
    listed = any("label" in row for row in rows)
    pairs: Truth = {}
    unknown = 0
    for number, row in enumerate(rows, 2):
        one, two = row.get("left_id", ""), row.get("right_id", "")
        label = row.get("label", "").lower() if listed else "1"
        if label not in _TRUE and label not in _FALSE:
            raise BadTable(f"{path}, row {number}: the label is «{label}», it must be 1 or 0.")
        if one not in left or two not in right:
            unknown += 1
            continue
        pairs[one, two] = max(int(label in _TRUE), pairs.get((one, two), 0))
    if not any(pairs.values()):
        reason = f" ({unknown} pairs name ids that are in neither table)" if unknown else ""
        raise BadTable(f"{path}: no true pair of records of both tables{reason}.")
    return Labels(pairs, listed, unknown)


def evaluate(left_path: Path, right_path: Path, truth_path: Path) -> dict[str, Any]:
    """The command's answer as plain data. Raises BadTable."""
    left, right = read_table(left_path), read_table(right_path)
    truth = read_truth(truth_path, {each.id: each for each in left}, {each.id: each for each in right})
    return scored(left, right, truth)


def scored(left: list[Record], right: list[Record], truth: Labels) -> dict[str, Any]:
    """Figures of the decision taken by the shipped weights."""
    weights = model.shipped()
    pairs = pairs_of(left, right, truth.pairs)
    chances = pairs.judged(weights)
    judged = {
        pair: at for at, pair in enumerate(zip(pairs.lefts.tolist(), pairs.rights.tolist(), strict=True))
    }
    everything = _by_left(pairs, chances)
    if truth.listed:
        taken = {pair for pair in truth.pairs if chances[judged[_contents(pairs, pair)]] >= weights.decide}
        surest = {pair for pair in taken if _automatic(pairs, judged[_contents(pairs, pair)], chances)}
        ranking = _listed_ranking(pairs, judged, chances, truth)
    else:
        taken = set(_expanded(pairs, np.flatnonzero(chances >= weights.decide)))
        sure = [
            at for at in np.flatnonzero(chances >= weights.decide).tolist() if _automatic(pairs, at, chances)
        ]
        surest = set(_expanded(pairs, sure))
        ranking = everything
    true = {pair for pair, label in truth.pairs.items() if label}
    return {
        **_ranks(ranking, true),
        **_quality(taken, true),
        "automatic": {**_quality(surest, true), "pairs": len(surest)},
        "among_all_candidates": _ranks(everything, true),
        "threshold": weights.decide,
        "scored": "listed pairs" if truth.listed else "end to end",
        "counts": {
            "left": len(left),
            "right": len(right),
            "truth": len(true),
            "scored_pairs": len(truth.pairs) if truth.listed else len(taken | true),
            "unknown_ids": truth.unknown,
        },
    }


def _contents(pairs: Pairs, ids: tuple[str, str]) -> tuple[int, int]:
    return pairs.left.content[ids[0]], pairs.right.content[ids[1]]


def _automatic(pairs: Pairs, at: int, chances: Matrix) -> bool:
    one, two = pairs.left.facts[pairs.lefts[at]], pairs.right.facts[pairs.rights[at]]
    return decision(one, two, meet(one, two), float(chances[at])).decision is Decision.SAME


def _expanded(pairs: Pairs, chosen: Iterable[int]) -> Iterable[tuple[str, str]]:
    """Ids of pairs of contents: records that say the same share their pairs."""
    mine, theirs = _ids(pairs.left.content), _ids(pairs.right.content)
    for at in chosen:
        for one in mine[int(pairs.lefts[at])]:
            for two in theirs[int(pairs.rights[at])]:
                yield one, two


def _ids(content: Mapping[str, int]) -> dict[int, list[str]]:
    ids: dict[int, list[str]] = {}
    for name, number in content.items():
        ids.setdefault(number, []).append(name)
    return ids


def _by_left(pairs: Pairs, chances: Matrix) -> dict[str, list[str]]:
    """For each left id the ids on the right, the likeliest first."""
    theirs = _ids(pairs.right.content)
    order = np.lexsort((pairs.rights, -chances, pairs.lefts))
    found: dict[int, list[str]] = {}
    for at in order.tolist():
        found.setdefault(int(pairs.lefts[at]), []).extend(theirs[int(pairs.rights[at])])
    return {name: found.get(number, []) for name, number in pairs.left.content.items()}


def _listed_ranking(
    pairs: Pairs, judged: Mapping[tuple[int, int], int], chances: Matrix, truth: Labels
) -> dict[str, list[str]]:
    found: dict[str, list[tuple[float, str]]] = {}
    for one, two in truth.pairs:
        found.setdefault(one, []).append((-float(chances[judged[_contents(pairs, (one, two))]]), two))
    return {one: [two for _, two in sorted(many)] for one, many in found.items()}


def _ranks(ranking: Mapping[str, list[str]], true: set[tuple[str, str]]) -> dict[str, float]:
    """Accuracy at 1 over left records that have a true pair, recall at 10 over true pairs."""
    wanted: dict[str, set[str]] = {}
    for one, two in true:
        wanted.setdefault(one, set()).add(two)
    first = sum(bool(many.intersection(ranking.get(one, [])[:1])) for one, many in wanted.items())
    in_ten = sum(len(many.intersection(ranking.get(one, [])[:TOP])) for one, many in wanted.items())
    return {"accuracy_at_1": round(first / len(wanted), 4), "recall_at_10": round(in_ten / len(true), 4)}


def _quality(taken: set[tuple[str, str]], true: set[tuple[str, str]]) -> dict[str, float]:
    hits = len(taken & true)
    return {
        "precision": round(hits / len(taken), 4) if taken else 0.0,
        "recall": round(hits / len(true), 4),
        "f1": round(2 * hits / (len(taken) + len(true)), 4),
    }
