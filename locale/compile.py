"""Compiles the .po files beside it with Babel, so that no gettext package is needed; `--check` only looks for errors."""  # noqa: INP001 - a package named locale would hide Python's own

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent


def main() -> int:
    check_only = "--check" in sys.argv[1:]
    errors = 0
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not check_only and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalog = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        for message, problems in catalog.check():
            for problem in problems:
                errors += 1
                print(f"{source.relative_to(FOLDER)}:{message.lineno}: {problem}", file=sys.stderr)  # noqa: T201
        if not check_only and not errors:
            with target.open("wb") as stream:
                write_mo(stream, catalog)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
