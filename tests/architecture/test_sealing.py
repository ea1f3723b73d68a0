"""The log of sealed requests only grows, and few modules may look at sealed bids at all."""

from __future__ import annotations

import ast

from tests.parts import ROOT

CODE = sorted(
    path
    for path in (ROOT / "buyer_requests").rglob("*.py")
    if "migrations" not in path.parts
) + sorted(path for room in ("api", "cms", "marketplace", "storefront", "reviews") for path in (ROOT / room).rglob("*.py"))  # fmt: skip
CHANGING = {"update", "delete", "bulk_update", "update_or_create", "get_or_create", "bulk_create", "create"}


def named(tree, name):
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def users_of(name):
    return {
        path.relative_to(ROOT / "buyer_requests").as_posix()
        if path.is_relative_to(ROOT / "buyer_requests")
        else path.relative_to(ROOT).as_posix()
        for path in CODE
        if name in (text := path.read_text()) and named(ast.parse(text), name)
    }


def test_only_the_log_writes_records_and_it_only_adds():
    """No trigger guards these rows; this stands in its place, and docs/sealed.md says so."""
    assert users_of("SealedRecord") - {"sealing/models.py"} == {
        "sealing/log.py",
        "sealing/opening.py",
        "sealing/pages.py",
        "sealing/terms.py",
    }
    for path in (ROOT / "buyer_requests" / "sealing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and named(node, "SealedRecord"):
                called = node.func
                changing = isinstance(called, ast.Attribute) and called.attr in CHANGING
                assert not changing, f"{path.name}:{node.lineno} changes a record"
    saves = [
        (path.name, node.lineno)
        for path in (ROOT / "buyer_requests" / "sealing").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "record"
    ]
    assert [name for name, _line in saves] == ["log.py"]


def test_sealed_bids_are_decrypted_in_few_places():
    """A module that is new here has to say whom it shows what it reads."""
    assert users_of("SealedBid") - {"sealing/models.py"} == {
        "sealing/files.py",  # names of files alone, for the sweep; shown to nobody
        "sealing/holding.py",
        "sealing/messages.py",  # whom to tell
        "sealing/opening.py",
        "sealing/pages.py",  # the vendor's own, and after the opening
        "sealing/rules.py",  # the vendor's own
    }
    assert users_of("held_by") == {
        "sealing/files.py",
        "sealing/holding.py",
        "sealing/pages.py",
        "sealing/rules.py",
        "sealing/sending.py",
    }
