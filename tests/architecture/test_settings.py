"""The settings' variables, .env.example and docs/settings.md name the same things."""

import ast
import re

from tests.parts import ROOT

SETTINGS = ROOT / "marketplace" / "settings"
READERS = {"text", "choice", "integer", "integers", "boolean", "words", "path", "networks"}
ENTRY_POINTS = {
    "manage.py",
    "marketplace/asgi.py",
    "marketplace/celery.py",
    "marketplace/migration.py",
    "marketplace/wsgi.py",
}


def variables_read():
    """Every name that a settings module asks `env` for."""
    names = set()
    for module in SETTINGS.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.func.attr in READERS
            ):
                assert isinstance(node.args[0], ast.Constant), (
                    f"{module.name}:{node.lineno} hides a variable's name"
                )
                names.add(node.args[0].value)
    return names


def test_the_example_lists_what_is_read():
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert listed - {"DJANGO_SETTINGS_MODULE"} == variables_read()


def test_the_documentation_explains_what_is_read():
    table = [
        line
        for line in (ROOT / "docs" / "settings.md").read_text().splitlines()
        if line.startswith("| `RYAD")
    ]
    explained = {name for line in table for name in re.findall(r"`(RYAD_[A-Z_]+)`", line.split("|")[1])}
    assert explained == variables_read()


def test_only_settings_read_the_environment():
    """Others get a setting. `serve` hands its environment on; entry points choose the settings; the lexicon is
    also used without Django.
    """
    readers = set()
    for path in python_files():
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith("marketplace/settings/") or relative in ENTRY_POINTS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                readers.add(relative)
    assert readers == {"marketplace/serve.py", "core/text/lexicon/__init__.py"}


def python_files():
    for room in ROOT.iterdir():
        # Benchmarks are programs of their own: each prepares the environment of what it measures. So does the stack,
        # which starts servers.
        if (room / "__init__.py").exists() and room.name not in {"tests", "benchmarks", "stack"}:
            yield from room.rglob("*.py")
