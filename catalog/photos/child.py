"""The process that opens strangers' pictures: no site, no secrets, little memory; whoever started it kills it when it
takes too long.

Run as `python -m catalog.photos.child MEGABYTES SECONDS` (of a processor, for each picture): an order a line on standard
input, {"path", "folder", "sizes"}; an answer a line on standard output, {"width", "height", "sides"} or {"error"}. Files
are written as SIDE.webp into the folder.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from catalog.photos.making import CannotMake, make

#: An `error` that is not the picture's: there was no room for its files.
NOT_STORED = "not_stored"


def main() -> None:
    limit, seconds = int(sys.argv[1]) * 1024 * 1024, int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024 * 1024, 16 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)  # pages and imports come first
    for line in sys.stdin:
        # Counted since the process began; whoever is over it is ended by the system.
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY)
        )
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    try:
        made = make(Path(order["path"]), sizes=order["sizes"])
    except CannotMake as error:
        return {"error": error.code}
    except MemoryError:
        return {"error": "too_heavy"}
    except Exception:  # noqa: BLE001 - a fault of a decoder in one picture must not lose the next
        return {"error": "damaged"}
    try:
        for side, content in made.files.items():
            (Path(order["folder"]) / f"{side}.webp").write_bytes(content)
    except OSError:
        return {"error": NOT_STORED}
    return {"width": made.width, "height": made.height, "sides": sorted(made.files)}


if __name__ == "__main__":
    main()
