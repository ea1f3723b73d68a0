"""This room's entries in the registries: messages, desk navigation, personal data; and whom it listens to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import personal_data as people_data
from api import personal_data
from api.webhooks import endpoints, recording
from notifications import kinds
from notifications.models import Notification
from notifications.signals import messages_written
from price_lists.models import ImportRun
from price_lists.signals import import_moved
from vendors import desk
from vendors.enums import Role
from vendors.models import Vendor
from vendors.signals import member_removed


def connect() -> None:
    """Called once when the application starts."""
    kinds.register(
        endpoints.STOPPED,
        label=_("A webhook of mine is switched off"),
        subject=_("Webhooks to %(host)s are switched off"),
        body=_(
            "The page says why. Mend it and switch the webhook on again; what came meanwhile is not sent."
        ),
        icon="alert-triangle",
        optional=False,
    )
    people_data.register("api", export=personal_data.export, erase=personal_data.erase)
    desk.add_entry(
        key="webhooks",
        label=_("Webhooks"),
        icon="bolt",
        url_name="webhooks_desk:list",
        order=85,
        min_role=Role.MANAGER,
    )
    messages_written.connect(_on_messages, dispatch_uid="api.webhooks")
    import_moved.connect(_on_import, dispatch_uid="api.webhooks")
    member_removed.connect(_on_leaver, dispatch_uid="api.webhooks")


def _on_messages(*, messages: list[Notification], **_: Any) -> None:
    recording.record_messages(messages)


def _on_import(*, run: ImportRun, news: str, **_: Any) -> None:
    recording.record_import(run, news)


def _on_leaver(*, vendor: Vendor, user_id: int, **_: Any) -> None:
    endpoints.pause_of_leaver(vendor_id=vendor.pk, user_id=user_id)
