"""docs/operations.md is followed at night: every command in it exists and takes the options that it is shown with."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.core.management import get_commands, load_command_class

from tests.parts import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
MAKE = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands():
    """Lines of code blocks and commands in running text, without remarks."""
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)).splitlines()
    inline = re.findall(
        r"`((?:\./manage\.py|make|docker compose|celery) [^`]+)`",
        re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL),
    )
    found = {re.sub(r"\s+#.*", "", line).strip() for line in [*blocks, *inline]}
    return sorted(found - {""})


def manage(words):
    name, *arguments = words
    if name == "serve":
        from marketplace import serve

        serve.add_arguments(parser := argparse.ArgumentParser())
        if arguments not in (["--help"], ["--check"], ["--migrate"]):
            parser.parse_args(arguments)
        return
    assert name in get_commands(), name
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    parser.error = lambda message: pytest.fail(f"{name}: {message}")
    parser.parse_args(arguments)


def compose(words):
    described = COMPOSE
    if words[0] == "--file":
        described, words = yaml.safe_load((ROOT / words[1]).read_text()), words[2:]
    services = set(described["services"])
    action, *rest = words
    if action == "cp":
        assert {word.partition(":")[0] for word in rest if ":" in word} <= services
        return
    assert action in {"up", "build", "ps", "run", "restart", "stop", "logs", "exec"}
    takes_value = {"--scale"}
    named = []
    while rest:
        word = rest.pop(0)
        if word in takes_value:
            named.append(rest.pop(0).partition("=")[0])
        elif not word.startswith("-"):
            named.append(word)
            if action in {"exec", "run"}:
                if rest:
                    assert rest[:2] == ["python", "manage.py"]
                    if rest[2:]:
                        manage(rest[2:])
                break
        else:
            assert word in {"--detach", "--no-deps", "--rm", "--build"}
    assert set(named) <= services


def celery(words):
    assert words[:2] == ["-A", "marketplace"]
    sub = celery_command.commands[words[2]]
    options = {option for parameter in sub.params for option in parameter.opts}
    assert {word for word in words[3:] if word.startswith("-")} <= options
    queues = words[words.index("--queues") + 1].split(",")
    from marketplace.celery import QUEUES

    assert set(queues) <= set(QUEUES)


@pytest.mark.parametrize("line", commands())
def test_command_exists_as_it_is_shown(line):
    words = [word for word in shlex.split(line) if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    program = words.pop(0)
    if program == "make":
        assert set(words) <= MAKE
    elif program == "./manage.py":
        manage(words)
    elif program == ".venv/bin/python":
        assert words.pop(0) == "manage.py"
        manage(words)
    elif program == "docker":
        assert words.pop(0) == "compose"
        compose(words)
    elif program.endswith("celery"):
        celery(words)
    elif program == "uv":
        assert "--group otel" in line
    else:
        assert program in {"curl", "cp"}, line


def test_there_are_commands_to_check():
    assert len(commands()) > 30


def test_settings_named_on_the_page_exist():
    named = set(re.findall(r"RYAD_[A-Z_]+", PAGE))
    known = set(re.findall(r"RYAD_[A-Z_]+", (ROOT / "docs" / "settings.md").read_text()))
    assert named - known == set()


def test_links_inside_the_page_lead_to_its_headings():
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) - headings == set()


def test_all_parts_and_queues_are_explained():
    from marketplace.celery import QUEUES
    from marketplace.health import PARTS

    assert [name for name in QUEUES if f"`{name}`" not in PAGE] == []
    shown = {"database", "migrations", "cache", "broker", "search", "workers", "disk"}
    assert [name for name in shown & set(PARTS) if f"part `{name}`" not in PAGE] == []
