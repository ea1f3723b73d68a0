"""Stored queries against offers, both ways round, beside bare conjunctive matching on tantivy.

python benchmarks/percolation.py                                      # writes results/percolation.json
python benchmarks/percolation.py --offers 300 --lines 300 --rounds 2 --no-result
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, timed, titles, write_result


def raw_tantivy(offers: list[Any], lines: list[Any]) -> int:
    """The same words, an index in memory and a conjunction per line: no limits, no scores, no reasons."""
    import tantivy
    from tantivy import Occur, Query

    from search.percolation.lines import needs, text_terms

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for offer in offers:
        row = tantivy.Document()
        row.add_text("words", " ".join(text_terms(offer.text)))
        writer.add_document(row)
    writer.commit()
    index.reload()
    searcher = index.searcher()
    pairs = 0
    for line in lines:
        clauses = [
            (
                Occur.Must,
                Query.const_score_query(Query.term_set_query(schema, "words", list(need.terms)), 0.0),
            )
            for need in needs(line.text)
        ]
        if clauses:
            pairs += searcher.search(Query.boolean_query(clauses), limit=1, count=True).count
    return pairs


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offers", type=int, default=10_000)
    options.add_argument("--lines", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    from search.percolation import OfferDocument, StoredQuery, Way, match, needs
    from search.percolation.matching import offer_terms

    chance = random.Random(20240601)
    found, source = titles()
    offers = [
        OfferDocument(number, chance.randrange(50), title, (), chance.randrange(10_000, 10_000_000), "H87")
        for number, title in enumerate(chance.choices(found, k=given.offers))
    ]
    lines = []
    for number, title in enumerate(chance.choices(found, k=given.lines)):
        words = [word for word in title.split() if len(word) > 1] or [title]
        asked = chance.sample(words, min(len(words), chance.randint(2, 4)))
        lines.append(StoredQuery(number, " ".join(asked), max_price=chance.randrange(10_000, 10_000_000)))
    analysis = timed(lambda: ([needs(line.text) for line in lines], [offer_terms(offer) for offer in offers]))
    ways: dict[str, list[float]] = {way.value: [] for way in Way}
    anchor, pairs = [], set()
    for _ in range(given.rounds):
        for way in Way:
            _, cpu, answer = timed(lambda way=way: sum(1 for _ in match(lines, offers, way=way)))
            ways[way.value].append(cpu)
            pairs.add(answer)
        anchor.append(timed(lambda: raw_tantivy(offers, lines))[1])
    assert len(pairs) == 1, "the two ways differ"
    figures = {
        "offers": len(offers),
        "lines": len(lines),
        "vocabulary": f"{source}; lines are synthetic: 2 to 4 words of a title",
        "pairs": pairs.pop(),
        "unit": "processor seconds, analysis warm, first round dropped",
        "analysis_cold": round(analysis[1], 3),
        **{name: spread(values[1:] or values) for name, values in ways.items()},
        "anchor_tantivy_words_only": spread(anchor[1:] or anchor),
    }
    write_result("percolation", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
