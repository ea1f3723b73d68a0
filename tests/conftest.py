"""What every test may rely on: a fresh cache, no leftover language, and clients signed in as somebody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.core import management
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, sync_playwright
from servestatic.middleware import ServeStaticMiddleware
from wagtail import models as wagtail

from accounts.models import User
from core import clock
from core.audit import append_only
from tests import migrated, parts

# How long a draw takes tells of the machine, which others use as well, not of the code.
hypothesis_settings.register_profile("ryad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ryad")

# Playwright's blocking interface keeps an event loop in this thread, in which Django would refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Limits count in the cache: one test must not use up another's."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A view that switched the language leaves it switched in the thread."""
    with translation.override("uk"):
        yield


@pytest.fixture(autouse=True)
def _clock_of_the_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL the product asks the server what time it is, which a test that freezes time does not reach.
    Whose clock counts is tested with real processes in tests/stack.
    """
    if "tests/stack/" not in request.node.nodeid:
        monkeypatch.setattr(clock, "now", timezone.now)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """A site lists its static files once, when it starts. Here each client is a start: a tenth of a second for each
    test that opens a page.
    """
    listed: dict[Any, tuple[dict[str, Any], list[Any]]] = {}
    add = ServeStaticMiddleware.add_files_from_finders

    def add_once(self: ServeStaticMiddleware) -> None:
        before = (self.static_prefix, *self.directories, *self.files)
        key = (before, settings.NODE_MODULES, settings.VAR, *settings.STATICFILES_FINDERS)
        if key not in listed:
            add(self)
            listed[key] = (self.files, self.directories)
        files, directories = listed[key]
        self.files, self.directories = dict(files), list(directories)

    with mock.patch.object(ServeStaticMiddleware, "add_files_from_finders", add_once):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A test database begins as a copy of a migrated one. pytest-django makes it right after this."""
    create, command = connection.creation.create_test_db, management.call_command

    def call_command(name: str, *arguments: Any, **options: Any) -> Any:
        if name != "migrate":
            return command(name, *arguments, **options)
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            return migrated.fill(connection.connection, settings.SETTINGS_MODULE)
        own = connection.settings_dict
        address = f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
        return migrated.migrate(address, settings.SETTINGS_MODULE)

    def create_test_db(*arguments: Any, **options: Any) -> str:
        with mock.patch.object(management, "call_command", call_command):
            return create(*arguments, **options)

    connection.creation.create_test_db = create_test_db


@pytest.fixture(scope="session", autouse=True)
def _roots_outlive_a_flush() -> Iterator[None]:
    """A test that commits empties the database after itself, and with it what migrations had put there: Wagtail's root
    page, without which the operators' home cannot be drawn. Flushing ends with this signal.
    """
    post_migrate.connect(_plant_roots, dispatch_uid="roots")
    yield
    post_migrate.disconnect(dispatch_uid="roots")


@pytest.fixture(scope="session", autouse=True)
def _the_trace_is_emptied_with_the_rest() -> Iterator[None]:
    """A test that commits empties all tables after itself; the trace of operators refuses that outside of tests."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def emptied(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with append_only.released(self.connection):
            flush(self, sql_list)

    with mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", emptied):
        yield


def _plant_roots(app_config: AppConfig, using: str, **_told: Any) -> None:
    if app_config.label != "wagtailcore" or using != "default":
        return
    wagtail.Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if not wagtail.Page.objects.exists():
        wagtail.Page.add_root(instance=wagtail.Page(title="Root", slug="root"))
    if not wagtail.Collection.objects.exists():
        wagtail.Collection.add_root(name="Root")


@pytest.fixture(scope="session")
def require_part() -> Callable[[str], Path]:
    """`require_part("chromium")` is where the part is; a missing one skips the test, or fails it in CI."""
    return parts.require_part


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(user)` is a client in which the user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture(scope="module")  # while it runs, Django's test client refuses to work in this thread
def chromium(require_part: Callable[[str], Path]) -> Iterator[Browser]:
    """The system's Chromium, kept from talking to its makers."""
    executable = str(require_part("chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a window of its own: nothing remembered from the test before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of a file that share something run on one process, or each would make it."""
    if "tests/stack/" in item.nodeid or not isinstance(item, pytest.Function):
        return  # the former have groups of their own
    definitions = item._fixtureinfo.name2fixturedefs  # nothing public tells a scope
    shares = any(found[-1].scope == "module" for found in definitions.values())
    if shares and not item.get_closest_marker("xdist_group"):
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for servers goes first: at the end, one process would wait for them alone."""
    items.sort(key=lambda item: "tests/stack/" not in item.nodeid)
