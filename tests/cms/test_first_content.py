"""What `migrate` alone leaves behind in an empty production installation, and what it leaves alone."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

from accounts.models import User
from cms import first_pages, receivers
from cms.models import FirstContent, HelpIndexPage, HomePage, Menu, StandardPage
from cms.roles import TABLE, DeskRole
from cms.services import OPERATORS, ensure_operators_group, ensure_pages
from tests import migrated as tests_migrated
from tests.factories.catalog import OfferFactory

ROOT = Path(__file__).resolve().parents[2]
_LOOK = """
import json
from django.contrib.auth.models import Group
from django.test import Client
from cms.models import HelpIndexPage, HelpPage, HomePage, Menu, StandardPage
page = Client(headers={"x-forwarded-proto": "https"}).get("/")
print(json.dumps({
    "homes": HomePage.objects.count(),
    "pages": StandardPage.objects.count(),
    "help": [HelpIndexPage.objects.count(), HelpPage.objects.count()],
    "menus": Menu.objects.count(),
    "rights": Group.objects.get(name="Role: administrator").permissions.count(),
    "roles": Group.objects.filter(name__startswith="Role: ").count(),
    "status": page.status_code,
    "says": "Усі прайс-листи в одному ряду" in page.content.decode(),
}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def production(request, require_part, tmp_path):
    """Runs manage.py with the production settings on an empty PostgreSQL database, or a SQLite file as `migrate` alone
    has left it for all tests.
    """
    url, name = "", f"ryad_test_first_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        tests_migrated.copy_to(tmp_path / "ryad.sqlite3")
    if request.param == "postgresql":
        server = require_part("postgresql")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("RYAD_")},
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.prod",
        "RYAD_VAR": str(tmp_path),
        "RYAD_DATABASE_URL": url,
        "RYAD_SECRET_KEY": "not a secret, but as long and as mixed as 0ne h4s to be",
        "RYAD_ALLOWED_HOSTS": "testserver",
        "RYAD_MAIL_HOST": "mail.ryad.example",
        "RYAD_LOG_LEVEL": "ERROR",
    }

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    run("collectstatic", "--no-input", "--verbosity", "0")
    yield run
    if url:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_migrate_alone_makes_a_home_page_and_the_operators_group(production):
    for _ in range(2):
        production("migrate", "--verbosity", "0")
        told = json.loads(production("shell", "--verbosity", "0", "--command", _LOOK).splitlines()[-1])
        assert told == {
            "homes": 3,
            "pages": 3,
            "help": [3, 42],
            "menus": 12,
            "rights": len(TABLE),
            "roles": len(DeskRole),
            "status": 200,
            "says": True,
        }


@pytest.fixture
def migrated(settings, db):
    """What follows a `migrate`, as Django sends it."""
    settings.FIRST_CONTENT = True

    def send(sender=None):
        receivers.make_first_content(sender=sender or receivers._last(), using="default")

    return send


def test_what_operators_took_away_stays_away_and_new_rights_come(migrated):
    migrated()
    HomePage.objects.get(slug="home-ru").delete()
    StandardPage.objects.get(slug="rules", locale__language_code="en").delete()
    HelpIndexPage.objects.get(locale__language_code="en").delete()
    Menu.objects.filter(language="en").delete()
    lost = Permission.objects.get(content_type__app_label="core", codename="change_job")
    Group.objects.get(name=OPERATORS).permissions.remove(lost)
    migrated()
    assert sorted(HomePage.objects.values_list("slug", flat=True)) == ["home-en", "home-uk"]
    assert StandardPage.objects.count() == 1  # "ru" went with its home page
    assert HelpIndexPage.objects.count() == 1
    assert set(Menu.objects.values_list("language", flat=True)) == {"ru", "uk"}
    assert lost in Group.objects.get(name=OPERATORS).permissions.all()


def test_an_older_installation_receives_help_and_menus_once(migrated):
    """The page of help that it had goes where nobody had changed it, and stays where somebody had."""
    migrated()
    HelpIndexPage.objects.all().delete()
    Menu.objects.all().delete()
    FirstContent.objects.all().delete()
    for language, title in (("uk", "Допомога"), ("en", "Our own help")):
        home = HomePage.objects.get(locale__language_code=language)
        body = first_pages.HELP["body"][language]
        home.add_child(instance=StandardPage(title=title, slug="help", locale=home.locale, body=body))
    for _ in range(2):
        migrated()
        found = sorted(HelpIndexPage.objects.values_list("locale__language_code", "slug"))
        assert found == [("en", "help-centre"), ("ru", "help"), ("uk", "help")]
        assert list(StandardPage.objects.filter(slug="help").values_list("title", flat=True)) == [
            "Our own help"
        ]
        assert Menu.objects.count() == 12


def test_where_all_is_there_nothing_is_written(migrated, django_assert_max_num_queries):
    migrated()
    with django_assert_max_num_queries(25) as asked:
        migrated()
    written = [each["sql"] for each in asked if not each["sql"].lstrip().startswith("SELECT")]
    assert written == []


def test_it_waits_for_the_last_app_and_for_every_migration(migrated, monkeypatch):
    from django.apps import apps

    migrated(sender=apps.get_app_config("cms"))
    assert not HomePage.objects.exists()
    loader = receivers.MigrationLoader

    def one_is_left(connection):
        found = loader(connection)
        del found.applied_migrations[found.graph.leaf_nodes("cms")[0]]
        return found

    monkeypatch.setattr(receivers, "MigrationLoader", one_is_left)
    migrated()
    assert not HomePage.objects.exists()


def test_migrate_tells_it(settings):
    assert not settings.FIRST_CONTENT
    assert "cms.first_content" in {key[0] for key, *_ in post_migrate.receivers}


@pytest.mark.django_db
def test_an_empty_row_says_what_to_do_next(client):
    ensure_pages()
    page = client.get("/en/").content.decode()
    assert "The row is open, its places are still free" in page
    assert "First steps for operators" not in page
    operator = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True)
    operator.groups.add(ensure_operators_group())
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert "First steps for operators" in client.get("/en/").content.decode()
    OfferFactory()
    page = client.get("/en/").content.decode()
    assert "The row is open" not in page
    assert "First steps for operators" not in page
