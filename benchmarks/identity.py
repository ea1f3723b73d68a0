"""New offers against a catalogue: how long candidates and decisions take, and whether they are right.

python benchmarks/identity.py                                            # writes results/identity.json
python benchmarks/identity.py --goods 3000 --offers 500 --no-result      # for correctness

The goods are synthetic: real titles, their numbers changed and a model code put in, so that a million differ. Seven
of ten offers are goods of the catalogue as another shop would write them, the others are not in it.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import timed, titles, write_result

_NUMBER = re.compile(r"\d+")
_LETTERS = "ABCDEFGHKLMNPRSTVWXZ"
#: Of new offers that are goods of the catalogue.
KNOWN = 0.7
#: Of a look-up: how many candidates, index entries read, and part of the best score.
CANDIDATES, BUDGET, NEAR = 4, 800, 0.65
SAMPLE = 20_000


def good(found: list[str], number: int) -> str:
    """The title of a good of the catalogue; numbers past its end are goods that it does not have."""
    chance = random.Random(number)
    title = chance.choice(found)[:160]
    title = _NUMBER.sub(lambda match: _other(match.group(), chance), title)
    if chance.random() < 0.6:
        code = "".join(chance.choices(_LETTERS, k=chance.randint(1, 3)))
        title = f"{title} {code}{'-' if chance.random() < 0.3 else ''}{chance.randint(100, 99_999)}"
    return title


def _other(digits: str, chance: random.Random) -> str:
    """Another number as long, now and then."""
    if digits.startswith("0") or chance.random() < 0.5:
        return digits
    return str(chance.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1)) if len(digits) < 9 else digits


def retold(title: str, chance: random.Random) -> str:
    """The title as another shop writes it: a word less, one moved, other case; models and amounts stay."""
    words = title.split()
    plain = [at for at, word in enumerate(words) if word.isalpha()]
    if len(plain) > 3 and chance.random() < 0.5:
        del words[chance.choice(plain)]
    if len(words) > 3 and chance.random() < 0.3:
        words.insert(0, words.pop(chance.randrange(1, min(4, len(words)))))
    text = " ".join(words)
    return text.upper() if chance.random() < 0.1 else text


def chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--goods", type=int, default=1_000_000)
    options.add_argument("--offers", type=int, default=100_000)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    from price_lists.identity import Candidates, Record, Statistics
    from price_lists.identity.batches import CHUNK, best_of_many
    from price_lists.identity.facts import read_facts
    from price_lists.identity.records import Decision

    found, source = titles()
    goods = [good(found, number) for number in range(given.goods)]
    chance = random.Random(7)
    meant: list[int | None] = []
    offers = []
    for number in range(given.offers):
        known = chance.random() < KNOWN
        at = chance.randrange(given.goods) if known else given.goods + number
        meant.append(at if known else None)
        offers.append(Record(f"offer-{number}", retold(good(found, at), chance)))
    by_title: dict[str, int] = {}
    same = [by_title.setdefault(title, number) for number, title in enumerate(goods)]
    records = [Record(str(number), title) for number, title in enumerate(goods)]
    learning = timed(lambda: Statistics.of(records[:: max(1, len(records) // SAMPLE)]))
    statistics = learning[2]
    building = timed(lambda: Candidates(records))
    index = building[2]
    spent = {"candidates": 0.0, "decisions": 0.0}

    def work() -> list[Any]:
        out = []
        for part in chunks(offers, CHUNK):
            facts = [read_facts(offer) for offer in part]
            looked = timed(
                lambda facts=facts: index.lookup_facts(facts, limit=CANDIDATES, budget=BUDGET, near=NEAR)
            )
            spent["candidates"] += looked[1]
            asked = [
                (each, [records[int(candidate.id)] for candidate in many])
                for each, many in zip(facts, looked[2], strict=True)
            ]
            decided = timed(lambda asked=asked: list(best_of_many(asked, statistics)))
            spent["decisions"] += decided[1]
            out += [
                (match, [int(candidate.id) for candidate in many])
                for match, many in zip(decided[2], looked[2], strict=True)
            ]
        return out

    wall, cpu, answers = timed(work)
    anchor = timed(lambda: [offer.title.lower().split() for offer in offers])[1]
    wanted = [(same[at] if at is not None else None) for at in meant]
    first = [int(match.right) if match else -1 for match, _ in answers]
    joined = [bool(match) and match.verdict.decision is Decision.SAME for match, _ in answers]
    right = [
        at is not None and same[one] == at if one >= 0 else False
        for one, at in zip(first, wanted, strict=True)
    ]
    known_offers = sum(at is not None for at in wanted)
    among = sum(
        at is not None and any(same[one] == at for one in many)
        for (_, many), at in zip(answers, wanted, strict=True)
    )
    figures = {
        "goods": given.goods,
        "offers": given.offers,
        "vocabulary": f"{source}; goods and offers are synthetic, made from it",
        "processes": 1,
        "learn_statistics_seconds": round(learning[0], 1),
        "build_index_seconds": round(building[0], 1),
        "match_seconds": round(wall, 1),
        "match_processor_seconds": round(cpu, 1),
        "of_that_candidates": round(spent["candidates"], 1),
        "of_that_decisions": round(spent["decisions"], 1),
        "anchor_split_processor_seconds": round(anchor, 3),
        "candidate_recall": round(among / max(known_offers, 1), 4),
        "accuracy_at_1": round(sum(right) / max(known_offers, 1), 4),
        "joined": sum(joined),
        "join_precision": round(
            sum(one and good for one, good in zip(joined, right, strict=True)) / max(sum(joined), 1), 4
        ),
    }
    write_result("identity", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
