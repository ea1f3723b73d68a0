"""Which seller gets which line, beside each line at its lowest price: time, proof, and what the proof is worth.

python benchmarks/awards.py                          # 40 x 15 and 500 x 50; writes results/awards.json
python benchmarks/awards.py --lines 8 --sellers 4 --large-lines 20 --large-sellers 5 --problems 1 --no-result

Problems are synthetic and seeded: prices within 25 % of each other, 70 % of the lines quoted by each seller, a delivery
price with a threshold, every other one with a minimum order, quantity breaks, some quotes of half the quantity.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, write_result


def drawn(lines: int, sellers: int, seed: int, *, split: float) -> Any:
    """A problem; `split` of its lines may be shared out."""
    from core.assignment import Line, Problem, Quote, Seller

    chance = random.Random(seed)
    asked = tuple(
        Line(number, 1_000 * chance.randint(1, 40), may_split=chance.random() < split)
        for number in range(lines)
    )
    usual = [int(10 ** chance.uniform(3, 5.3)) * 100 for _line in asked]
    level = [chance.uniform(0.95, 1.15) for _seller in range(sellers)]
    quotes: list[Any] = []
    for seller in range(sellers):
        for line in asked:
            if chance.random() < 0.7:
                price = int(usual[line.key] * level[seller] * chance.uniform(0.9, 1.12)) // 100 * 100
                half = max(1_000, line.quantity // 2_000 * 1_000)
                quotes.append(
                    Quote(
                        key=len(quotes),
                        line=line.key,
                        seller=seller,
                        quantity=half if chance.random() < 0.1 else line.quantity,
                        price=price,
                        breaks=((half, price * 97 // 10_000 * 100),) if chance.random() < 0.3 else (),
                        days=chance.randint(1, 14),
                    )
                )
    share = sum(price * line.quantity for price, line in zip(usual, asked, strict=True)) // 100_000 // sellers
    return Problem(
        asked,
        tuple(
            Seller(
                key,
                key,
                delivery=chance.randint(80, 2_500) * 100,
                free_from=int(share * chance.uniform(0.5, 4)),
                minimum=int(share * chance.uniform(0, 0.8)) if chance.random() < 0.5 else 0,
            )
            for key in range(sellers)
        ),
        tuple(quotes),
    )


def asked(problem: Any, seconds: float) -> dict[str, Any]:
    """One question in a process apart, with the processor time and memory of that process."""
    from core.assignment import bill_of
    from core.assignment.apart import solve_apart
    from core.assignment.polishing import quick_choice

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    answer = solve_apart(problem, seconds=seconds)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    bill = bill_of(problem, answer.choice)
    assert bill.is_allowed, "the answer breaks a rule"
    assert bill.total == answer.total >= answer.bound, "the total is not what the choice costs"
    started = time.process_time()
    plain = bill_of(problem, quick_choice(problem))
    return {
        "proven": answer.proof == "optimal",
        "gap_percent": round(answer.gap_percent, 4),
        "wall_seconds": answer.seconds,
        "wall_with_process": round(wall, 3),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3),
        "most_memory_mb": round(after.ru_maxrss / 1024),
        "lowest_price_of_each_line_dearer_percent": round(100 * (plain.total / answer.total - 1), 2)
        if plain.full == bill.full
        else None,
        "lowest_price_of_each_line_seconds": round(time.process_time() - started, 4),
    }


def measured(lines: int, sellers: int, problems: int, seconds: float, *, split: float) -> dict[str, Any]:
    found = [asked(drawn(lines, sellers, seed, split=split), seconds) for seed in range(problems)]
    dearer = [each["lowest_price_of_each_line_dearer_percent"] for each in found]
    return {
        "lines": lines,
        "sellers": sellers,
        "lines_that_may_be_split": split,
        "problems": problems,
        "time_limit": seconds,
        "proven": sum(each["proven"] for each in found),
        "worst_gap_percent": max(each["gap_percent"] for each in found),
        "wall_seconds": spread([each["wall_seconds"] for each in found]),
        "wall_with_process": spread([each["wall_with_process"] for each in found]),
        "processor_seconds": spread([each["processor_seconds"] for each in found]),
        "most_memory_mb": max(each["most_memory_mb"] for each in found),
        "anchor_dearer_percent": [each for each in dearer if each is not None],
        "anchor_seconds": spread([each["lowest_price_of_each_line_seconds"] for each in found]),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=40)
    options.add_argument("--sellers", type=int, default=15)
    options.add_argument("--large-lines", type=int, default=500)
    options.add_argument("--large-sellers", type=int, default=50)
    options.add_argument("--problems", type=int, default=10)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    large = max(1, given.problems // 5)
    figures = {
        "unit": "wall seconds of the optimiser alone, and with its process; processor seconds with it",
        "anchor": "each line at its lowest price, deliveries and minimum orders looked at afterwards",
        "usual": measured(given.lines, given.sellers, given.problems, 10, split=0),
        "usual_split": measured(given.lines, given.sellers, max(1, given.problems // 2), 10, split=0.2),
        "large": measured(given.large_lines, given.large_sellers, large, 20, split=0),
    }
    write_result("awards", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
