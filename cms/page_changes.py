"""What follows a change of a page: menus and the help centre's search are read anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move


def forget(**_told: Any) -> None:
    from cms.selectors import help as helping
    from cms.selectors import menus

    transaction.on_commit(menus.forget)
    transaction.on_commit(helping.forget)


def forget_deleted(*, sender: Any, **_told: Any) -> None:
    """Wagtail tells of a deletion by Django's own signal alone."""
    if issubclass(sender, Page):
        forget()


def connect() -> None:
    from django.db.models.signals import post_delete

    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(forget, dispatch_uid="cms.page_changes")
    post_delete.connect(forget_deleted, dispatch_uid="cms.page_deleted")
