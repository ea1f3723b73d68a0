"""Asking the solver in a process of its own: the one that asks loads nothing, and a late or broken one is ended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.assignment.problem import Problem
from core.assignment.results import Answer
from core.assignment.solving import TRIED, solve
from core.assignment.transport import answer_from_dict, problem_as_dict

ROOT = Path(__file__).resolve().parents[2]
#: Of address space: 500 lines by 50 sellers takes 200 MB of memory; libraries and threads reserve more than they use.
MEGABYTES = 3_000
#: Beyond its own limits: starting, reading the problem, and the solver's last step.
GRACE = 45.0


class SolverFailed(Exception):
    """The process was ended or broke off: there is no answer."""


def solve_apart(
    problem: Problem, *, seconds: float = 10.0, explain_seconds: float = 0.0, others_seconds: float = 0.0
) -> Answer:
    """As `solving.solve`, without its memory and its risk; what needs no solver is answered here. Raises SolverFailed."""
    if problem.ways is not None and problem.ways <= TRIED:
        return solve(problem, seconds=seconds, explain_seconds=explain_seconds, others_seconds=others_seconds)
    command = [sys.executable, "-m", "core.assignment.child", str(MEGABYTES)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module with four numbers
            [*command, str(seconds), str(explain_seconds), str(others_seconds)],
            input=json.dumps(problem_as_dict(problem)).encode(),
            capture_output=True,
            timeout=seconds + explain_seconds * 2 + others_seconds + GRACE,
            check=True,
            cwd=ROOT,
            env={},  # no secrets
        )
        return answer_from_dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError) as error:
        raise SolverFailed(repr(error)[:300]) from error
