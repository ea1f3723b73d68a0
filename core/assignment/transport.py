"""Problems and answers as JSON, for a process apart and for a row of the database."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from core.assignment.problem import Aim, Line, Problem, Quote, Rules, Seller
from core.assignment.results import Answer, LineChange, OneSeller, OtherWay, Proof, SellerChange, Way


def problem_as_dict(problem: Problem) -> dict[str, Any]:
    return {
        "lines": [
            [line.key, line.quantity, line.may_split, sorted(line.only), sorted(line.never)]
            for line in problem.lines
        ],
        "sellers": [list(dataclasses.astuple(seller)) for seller in problem.sellers],
        "quotes": [list(dataclasses.astuple(quote)) for quote in problem.quotes],
        "rules": dataclasses.asdict(problem.rules),
    }


def problem_from_dict(data: dict[str, Any]) -> Problem:
    rules = data["rules"]
    return Problem(
        lines=tuple(
            Line(key, quantity, may_split, frozenset(only), frozenset(never))
            for key, quantity, may_split, only, never in data["lines"]
        ),
        sellers=tuple(
            Seller(key, rank, delivery, free_from, minimum, tuple(scores), held)
            for key, rank, delivery, free_from, minimum, scores, held in data["sellers"]
        ),
        quotes=tuple(
            Quote(key, line, seller, quantity, price, tuple((start, lower) for start, lower in breaks), *rest)
            for key, line, seller, quantity, price, breaks, *rest in data["quotes"]
        ),
        rules=Rules(**rules | {"aim": Aim(rules["aim"]), "weights": tuple(rules["weights"])}),
    )


def digest_of(problem: Problem) -> str:
    """Another one for every change that could change the answer."""
    content = json.dumps(problem_as_dict(problem), separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def answer_as_dict(answer: Answer) -> dict[str, Any]:
    return dataclasses.asdict(answer) | {
        "choice": [list(each) for each in answer.choice.items()],
        "others": [
            dataclasses.asdict(other) | {"choice": [list(each) for each in other.choice.items()]}
            for other in answer.others
        ],
    }


def answer_from_dict(data: dict[str, Any]) -> Answer:
    one = data["one_seller"]
    return Answer(
        **data
        | {
            "choice": dict(data["choice"]),
            "missing_lines": tuple(data["missing_lines"]),
            "proof": Proof(data["proof"]),
            "lines": tuple(LineChange(**each) for each in data["lines"]),
            "without": tuple(SellerChange(**each) for each in data["without"]),
            "one_seller": OneSeller(**one) if one else None,
            "notes": tuple(data["notes"]),
            "others": tuple(
                OtherWay(
                    **other
                    | {
                        "choice": dict(other["choice"]),
                        "way": Way(other["way"]),
                        "proof": Proof(other["proof"]),
                    }
                )
                for other in data.get("others", ())
            ),
        }
    )
