"""docs/security.md names tests as proofs: each must exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = sorted(
    set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
)


def test_the_document_names_proofs():
    assert len(NAMED) > 40


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_named_test_exists(path, name):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"


def test_every_row_has_a_proof():
    rows = re.findall(
        r"^\| (\d[^|]+)\|[^|]+\|([^|]+)\|$", (ROOT / "docs" / "security.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows
    assert [points for points, tests in rows if "::" not in tests] == []
