"""Tokens per second of the text analysis on titles, cold and warm, on one core.

python benchmarks/text.py                                  # writes results/text.json
python benchmarks/text.py --titles 500 --no-result         # for correctness

Typed attributes are read from the same titles, warm: microseconds a title, each by the rules of the next of some
categories of the demo row.

Terms are what documents are built from, tokens with their places what queries and shown titles are read as. Of tokens
a process remembers few, for the sake of its memory: they are measured with that bound and with room for all.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, timed, titles, write_result

CATEGORIES = ("office-paper", "laptops", "coffee", "gloves", "cables")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--titles", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    from core import text
    from core.text import lexicon
    from core.text.tokens import TOKENS_KEPT, chunks_kept

    found, source = titles()
    found = found[: given.titles]
    lexicon.warm()
    cold = timed(lambda: sum(len(text.tokens(title)) for title in found))
    count = cold[2]
    bounded = count / timed(lambda: sum(len(text.tokens(title)) for title in found))[1]
    chunks_kept.keep(1 << 20)
    warm_tokens, warm_terms, anchor = [], [], []
    for _ in range(given.rounds):
        # The anchor: what bare splitting at blanks costs in the same round.
        anchor.append(count / timed(lambda: sum(len(title.split()) for title in found))[1])
        warm_terms.append(count / timed(lambda: sum(len(text.term_list(title)) for title in found))[1])
        warm_tokens.append(count / timed(lambda: sum(len(text.tokens(title)) for title in found))[1])
    figures = {
        "titles": len(found),
        "vocabulary": source,
        "tokens": count,
        "unit": "tokens per processor second, first round dropped",
        "cold": round(count / cold[1]),
        "again_within_bound": {"chunks_kept": TOKENS_KEPT, "tokens_with_places": round(bounded)},
        "warm_terms": spread(warm_terms[1:] or warm_terms),
        "warm_tokens_with_places": spread(warm_tokens[1:] or warm_tokens),
        "anchor_split": spread(anchor[1:] or anchor),
        "attributes_of_a_name": attributes(found, given.rounds),
    }
    write_result("text", figures, keep=not given.no_result)


def attributes(found: list[str], rounds: int) -> dict[str, object]:
    from catalog.attributes.names import read_name
    from catalog.attributes.tables import rules_of_table

    demo = Path(__file__).resolve().parents[1] / "marketplace" / "demo"
    table, tree = (json.loads((demo / f"{name}.json").read_text()) for name in ("attributes", "categories"))
    by_slug = rules_of_table(**table, tree=tree)
    pairs = list(zip(found, cycle([by_slug[slug] for slug in CATEGORIES]), strict=False))
    values, times = 0, []
    for _ in range(rounds):
        _wall, spent, values = timed(lambda: sum(len(read_name(rules, title)) for title, rules in pairs))
        times.append(spent * 1e6 / len(pairs))
    return {"microseconds": spread(times[1:] or times), "values": values}


if __name__ == "__main__":
    main()
