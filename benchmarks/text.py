"""Tokens per second of the text analysis on titles, cold and warm, on one core.

python benchmarks/text.py                                  # writes results/text.json
python benchmarks/text.py --titles 500 --no-result         # for correctness

Terms are what documents are built from, tokens with their places what queries and shown titles are read as. Of tokens
a process remembers few, for the sake of its memory: they are measured with that bound and with room for all.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, timed, titles, write_result


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
    }
    write_result("text", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
