"""`python -m stack.image FOLDER`: the steps of the Dockerfile in a folder, where no container engine is.

COPY and RUN are carried out in order, with the image's folders below FOLDER. What makes the system around them
(packages, users, node itself) is named and left out. Afterwards `FOLDER/run COMMAND` runs a command as the container
would.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
#: Folders of the image that become folders below FOLDER.
_OURS: Final = ("/app", "/build", "/data")
_OF_THE_SYSTEM: Final = ("apt-get ", "useradd ", "ln -s ../lib/node_modules", "pip install ")


class StepFailed(Exception):
    """A step of the Dockerfile ended with an error."""


def steps(dockerfile: str) -> Iterator[tuple[str, str]]:
    """(instruction, rest) in order, with continued lines joined and comments left out."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE)
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if line.strip():
            instruction, _, rest = line.strip().partition(" ")
            yield instruction.upper(), rest.strip()


def ignored(path: str, patterns: Sequence[str]) -> bool:
    """Whether .dockerignore leaves the file out: the path itself or a folder above it matches."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        above = "/".join(parts[:end])
        for pattern in patterns:
            if fnmatch(above, pattern) or (
                pattern.startswith("**/") and fnmatch(parts[end - 1], pattern[3:])
            ):
                return True
    return False


class Image:
    """What the steps have made so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        self._patterns = [line for line in lines if line and not line.startswith("#")]

    def build(self) -> None:
        """Raises StepFailed."""
        for name in _OURS:
            (self.folder / name[1:]).mkdir(parents=True, exist_ok=True)
        for instruction, rest in steps((ROOT / "Dockerfile").read_text()):
            if instruction == "COPY":
                self._copy(shlex.split(rest))
            elif instruction == "RUN":
                self._run(rest)
            elif instruction == "ENV":
                for assignment in shlex.split(rest):
                    name, _, value = assignment.partition("=")
                    self.environment[name] = self._here(value).replace("$PATH", os.environ["PATH"])
            elif instruction == "CMD":
                self._write_starter(json.loads(rest))

    def _here(self, text: str) -> str:
        return re.sub(rf"(?<![\w./-])({'|'.join(_OURS)})(?![\w-])", rf"{self.folder}\1", text)

    def _copy(self, words: list[str]) -> None:
        sources = [word for word in words[:-1] if not word.startswith("--")]
        from_stage = next((word for word in words if word.startswith("--from=")), "")
        if from_stage == "--from=node":
            _say(f"left out: COPY {' '.join(words)}")
            return
        _say(f"COPY {' '.join(words)}")
        if from_stage:  # of the stage before, whose folders are the same ones here
            for source in sources:
                if self._here(source) != self._here(words[-1]):
                    shutil.copytree(self._here(source), self._here(words[-1]), dirs_exist_ok=True)
            return
        target = self.folder / "app"
        for source in sources:
            for path in _context(source):
                if not ignored(path, self._patterns):
                    (target / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / path, target / path)

    def _run(self, command: str) -> None:
        if command.startswith(_OF_THE_SYSTEM):
            _say(f"left out: RUN {command}")
            return
        _say(f"RUN {command}")
        done = subprocess.run(  # noqa: S602 - the Dockerfile's own lines
            self._here(command), shell=True, cwd=self.folder / "app", env=self._environment(), check=False
        )
        if done.returncode:
            raise StepFailed(f"exit status {done.returncode}: RUN {command}")

    def _environment(self) -> dict[str, str]:
        # Only what an image would have: a variable of this terminal must not make a step succeed.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, **self.environment}

    def _write_starter(self, default: list[str]) -> None:
        lines = ["#!/bin/sh", f"cd {shlex.quote(str(self.folder / 'app'))}"]
        for name, value in self.environment.items():
            lines.append(
                f'export {name}="${{{name}:-{value}}}"' if name != "PATH" else f'export PATH="{value}"'
            )
        lines.append(f'[ "$#" -gt 0 ] || set -- {shlex.join(default)}')
        lines.append('exec "$@"')
        starter = self.folder / "run"
        starter.write_text("\n".join(lines) + "\n")
        starter.chmod(0o755)


def _context(source: str) -> list[str]:
    """Files of the build context: what git tracks, as a fresh clone would have it."""
    listing = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "ls-files", "-z", source],  # noqa: S607 - git lies where it lies
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in listing.stdout.split("\0") if path and (ROOT / path).is_file()]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m stack.image", description=__doc__)
    parser.add_argument("folder", type=Path)
    try:
        Image(parser.parse_args().folder.resolve()).build()
    except StepFailed as error:
        sys.exit(str(error))
