"""A home page to put blocks on, and an operator."""

from __future__ import annotations

import json

import pytest
from wagtail.models import Locale, Page, Site
from wagtail.users.models import UserProfile

from accounts.models import User
from cms.models import HomePage
from cms.services import ensure_operators_group
from search.services import rebuild_index


@pytest.fixture
def homes(db):
    """Empty home pages in three languages, translations of each other, without help and menus."""
    root = Page.get_first_root_node()
    Page.objects.filter(depth=2).delete()
    root.refresh_from_db()
    made = {}
    for language in ("uk", "ru", "en"):
        locale = Locale.objects.get_or_create(language_code=language)[0]
        page = HomePage(title=f"Ряд {language}", slug=f"home-{language}", locale=locale)
        if made:
            page.translation_key = made["uk"].translation_key
        made[language] = root.add_child(instance=page)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=made["uk"], is_default_site=True)
    return made


@pytest.fixture
def put(homes):
    """`put(("goods", {...}), …)` publishes these blocks as stored, on the Ukrainian home page."""

    def published(*blocks, page=None):
        page = page or homes["uk"]
        raw = [
            {"type": kind, "value": value, "id": f"b{number}"} for number, (kind, value) in enumerate(blocks)
        ]
        page.body = json.dumps(raw)
        page.save_revision().publish()
        return page

    return published


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def index(tmp_path, settings):
    """`index()` indexes what is on sale; each test has its own index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    return rebuild_index
