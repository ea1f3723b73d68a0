"""What `migrate` leaves behind: pages in an installation that has none, and the operators' group with its rights."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader


def make_first_content(*, sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """After the last room's tables and permissions stand; nothing is written where all is there already.

    Pages come only where there is no home page, a new version's parts once: what operators took away stays away. Rights
    come with each `migrate`, so that those who run the row can do what a new version brings.
    """
    if not settings.FIRST_CONTENT or using != DEFAULT_DB_ALIAS or sender is not _last():
        return
    loader = MigrationLoader(connections[using])
    if set(loader.graph.leaf_nodes()) - set(loader.applied_migrations):
        return  # only a part was migrated, or taken back: tables that this code reads may lack
    from cms.first_sections import ensure_sections
    from cms.models import HomePage
    from cms.services import ensure_operators_group, ensure_pages

    if not HomePage.objects.exists():
        ensure_pages()
    else:
        ensure_sections()
    ensure_operators_group()


def _last() -> AppConfig:
    """Of the apps that the signal is sent for, in their order; each makes its permissions at its own turn."""
    return [each for each in apps.get_app_configs() if each.models_module is not None][-1]
