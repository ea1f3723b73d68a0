"""The process that asks the solver: no site, no secrets, a limit on memory; whoever started it ends it when it is late.

Run as `python -m core.assignment.child MEGABYTES SECONDS EXPLAIN_SECONDS OTHERS_SECONDS`: the problem as JSON on standard
input, the answer as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from core.assignment.solving import solve
from core.assignment.transport import answer_as_dict, problem_from_dict


def main() -> None:
    megabytes = int(sys.argv[1])
    seconds, explain_seconds, others_seconds = (float(value) for value in sys.argv[2:5])
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The library greets on standard output: its words go where errors go, the answer through the pipe that was there.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    problem = problem_from_dict(json.load(sys.stdin))
    answer = solve(problem, seconds=seconds, explain_seconds=explain_seconds, others_seconds=others_seconds)
    json.dump(answer_as_dict(answer), out)
    out.close()


if __name__ == "__main__":
    main()
