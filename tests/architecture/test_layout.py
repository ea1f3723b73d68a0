"""Names, sizes and places of files."""

import ast
import importlib.machinery
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import ROOT

LONGEST_FILE = 400
DRAWERS = {"utils", "helpers", "common", "misc"}
#: Software development kits and the only packages that may import them.
ADAPTERS = {"tantivy": "search/engines/", "opensearchpy": "search/engines/", "stripe": "payments/gateways/"}


def tracked(*patterns):
    """Files of the repository; without git (an unpacked archive) whatever is there."""
    listing = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        return sorted({path for pattern in patterns for path in ROOT.rglob(pattern)})
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).exists()]


def code():
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def rooms():
    return sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def test_no_room_has_the_name_of_an_installed_module():
    """`requests` is taken by a library that others import; that is why the room is called buyer_requests."""
    elsewhere = [entry for entry in sys.path if entry and Path(entry).resolve() != ROOT]
    taken = [
        room
        for room in rooms()
        if room in sys.stdlib_module_names
        or importlib.machinery.PathFinder.find_spec(room, elsewhere) is not None
    ]
    assert taken == []


def test_no_module_is_a_drawer_without_a_name():
    assert [str(path) for path in code() if path.stem in DRAWERS or path.parent.name in DRAWERS] == []


def test_no_file_is_too_long_to_read():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines())
        for path in code()
        if not path.is_relative_to(ROOT / "tests")
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_module_opens_with_a_sentence():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in code()
        if (source := path.read_text()).strip() and ast.get_docstring(ast.parse(source)) is None
    ]
    assert silent == []


def test_kits_stay_in_their_adapters():
    astray = []
    for path in code():
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(("tests/", "benchmarks/")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for module in modules:
                home = ADAPTERS.get(module.partition(".")[0])
                if home is not None and not relative.startswith(home):
                    astray.append(f"{relative}:{node.lineno} imports {module}")
    assert astray == []


#: Its statement claims rows with SKIP LOCKED, which no queryset writes: a lease, taken and committed at once.
LEASES = {"core/outbox/claims.py"}


def is_row_lock(node):
    if isinstance(node, ast.Attribute):
        return node.attr == "select_for_update"
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and re.search(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b", text) is not None


def test_rows_are_locked_in_locks_alone():
    """One file a room says in which order rows are locked; an order that is written twice is two orders."""
    astray, found = [], set()
    for path in code():
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(("tests/", "benchmarks/")) or relative in LEASES:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if is_row_lock(node):
                found.add(relative)
                if path.stem != "locks":
                    astray.append(f"{relative}:{node.lineno}")
    assert astray == []
    assert "accounts/locks.py" in found


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_in_documents_lead_somewhere(document):
    text = (ROOT / document).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []
