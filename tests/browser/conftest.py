"""The whole row as a newcomer starts it: site, worker and schedule in processes of their own, demo goods loaded."""

from __future__ import annotations

import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests import migrated
from tests.parts import ROOT

PASSWORD = "ryad-demo-2026"
START_SECONDS = 120


@dataclass(frozen=True)
class Row:
    """A running row: its address and its folder of data."""

    url: str
    var: Path

    def letter_link(self, address: str, pattern: str) -> str:
        """The first link of that pattern in the newest letter to the address; waits for the letter."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for file in sorted((self.var / "mail").glob("*.log"), key=lambda path: -path.stat().st_mtime):
                for part in reversed(re.split(r"\n-{70,}\n", file.read_text(encoding="utf-8"))):
                    letter = email.message_from_string(part.lstrip(), policy=default)
                    body = letter.get_body(("plain",)) if address in str(letter["To"]) else None
                    if body and (found := re.search(pattern, body.get_content())):
                        return found.group()
            time.sleep(0.3)
        raise AssertionError(f"no letter to {address} with {pattern}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def row(tmp_path_factory: pytest.TempPathFactory, require_part: Callable[[str], Path]) -> Iterator[Row]:
    """The demo row, served. Started once: its tests are one story told in order."""
    require_part("chromium")
    require_part("node_modules")
    var = tmp_path_factory.mktemp("row")
    port = _free_port()
    url = f"http://localhost:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "RYAD_VAR": str(var),
        "RYAD_SITE_URL": url,
        "RYAD_DEMO": "yes",
    }
    manage = [sys.executable, "manage.py"]
    migrated.copy_to(var / "ryad.sqlite3")
    subprocess.run([*manage, "load_demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with (var / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [*manage, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_ready(url, server, var / "serve.log")
            yield Row(url, var)
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(60) == 0, "the row did not stop cleanly"


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(f"the row did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


class Person:
    """Somebody at a browser of their own. Any script error or refused resource on a page fails the test."""

    def __init__(self, context: BrowserContext, row: Row) -> None:
        self.row = row
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text)
                if said.type == "error" and "photos" not in said.text
                else None
            ),
        )

    def go(self, path: str) -> None:
        answer = self.page.goto(path if path.startswith("http") else self.row.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        self.go("/en/accounts/login/")
        self.page.fill("input[name=login]", address)
        self.page.fill("main input[name=password]", password)
        self.page.click("main form[action*=login] button[type=submit]")
        self.page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def somebody(chromium: Browser, row: Row) -> Iterator[Callable[[], Person]]:
    """`somebody()` is a new person; at the end none of their pages may have complained."""
    people: list[Person] = []
    contexts: list[BrowserContext] = []

    def arrive() -> Person:
        contexts.append(chromium.new_context(locale="en", viewport={"width": 1280, "height": 900}))
        people.append(Person(contexts[-1], row))
        return people[-1]

    yield arrive
    complaints = [complaint for person in people for complaint in person.complaints]
    for number, context in enumerate(contexts):
        context.pages[0].screenshot(
            path=row.var / f"person-{number}.png"
        )  # where the story ended, if it broke
        context.close()
    assert complaints == []
