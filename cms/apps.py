"""Cms application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import page_changes, receivers
        from cms.operators.inbox import wiring as inbox
        from cms.staff import services as staff
        from core import outbox

        post_migrate.connect(receivers.make_first_content, dispatch_uid="cms.first_content")
        page_changes.connect()
        inbox.connect()
        outbox.register(staff.LETTERS, staff.send_letters, queue="notify", batch=20)
